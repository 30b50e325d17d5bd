//! What the compiler says of wrong graphs and deployments: `<area>/<what-is-wrong>.rs`.

mod refusals;

#[test]
fn ui() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("*/*.rs");
}

#[test]
fn the_readme_shows_what_the_compiler_says() {
    let readme = include_str!("../../README.md");
    let graph = include_str!("several/wrong-graph.stderr");
    assert!(readme.contains(graph.trim_end()));
    let edge = include_str!("several/wrong-edge.stderr");
    let (message, _) = edge.split_once("help:").expect("an error with help");
    assert!(readme.contains(message.trim_end()));
    let slo = include_str!("budget/path-longer-than-the-slo.stderr");
    assert!(readme.contains(slo.trim_end()));
}
