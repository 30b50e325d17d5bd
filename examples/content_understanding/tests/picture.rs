//! The graph's shape, and the picture of it in the README.

use content_understanding::graph::ContentUnderstandingGraph;
use serve_runtime::Graph;
use serve_runtime::topology::render::Format;

/// The README's picture, which `PICTURES=overwrite cargo test -p content_understanding --test picture` writes.
const PICTURE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../docs/content_understanding.svg"
);

#[test]
fn the_picture_in_the_readme_is_up_to_date() {
    let picture = ContentUnderstandingGraph::TOPOLOGY.render(Format::Svg);
    if std::env::var("PICTURES").as_deref() == Ok("overwrite") {
        std::fs::write(PICTURE, &picture).expect("the picture can be written");
    }
    let shown = std::fs::read_to_string(PICTURE).expect("the picture is there");
    assert!(shown == picture, "write {PICTURE} again: see this test");
    assert!(include_str!("../../../README.md").contains("(docs/content_understanding.svg)"));
}

#[test]
fn the_dispatcher_holds_a_handle_to_each_classifier() {
    let topology = ContentUnderstandingGraph::TOPOLOGY;
    let variable = |index: usize| topology.deployments[index].variable;
    let held: Vec<_> = topology
        .handles
        .iter()
        .map(|handle| (variable(handle.from), variable(handle.to)))
        .collect();
    let expected = ["fruit", "vehicle", "plant", "general"].map(|held| ("dispatcher", held));
    assert_eq!(held, expected);
}
