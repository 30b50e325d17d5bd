//! Which files and modules are found.

use super::{GRAPH, files, graphs, read};

#[test]
fn modules_are_found_as_rustc_finds_them() {
    let graph = |name: &str| format!("#[graph] fn {name}() -> u32 {{ input(|x: u32| x) }}");
    let (folder, sources) = read(&[
        (
            "src/lib.rs",
            "mod a; mod b; #[path = \"odd/place.rs\"] mod c; mod d { mod e; #[path = \"f.rs\"] mod f; }",
        ),
        ("src/a.rs", &format!("mod inner; {}", graph("in_a"))),
        ("src/a/inner.rs", &graph("in_inner")),
        ("src/b/mod.rs", &format!("mod r#type; {}", graph("in_b"))),
        ("src/b/type.rs", &graph("in_type")),
        (
            "src/odd/place.rs",
            &format!("mod beside; {}", graph("in_c")),
        ),
        ("src/odd/beside.rs", &graph("in_beside")),
        ("src/d/e.rs", &graph("in_e")),
        ("src/d/f.rs", &graph("in_f")),
        ("src/nobody.rs", &graph("unused")),
    ]);
    assert!(sources.problems().is_empty());
    assert_eq!(
        graphs(&sources),
        [
            "my_shop::a::in_a",
            "my_shop::a::inner::in_inner",
            "my_shop::b::in_b",
            "my_shop::b::type::in_type",
            "my_shop::c::in_c",
            "my_shop::c::beside::in_beside",
            "my_shop::d::e::in_e",
            "my_shop::d::f::in_f",
        ]
    );
    assert_eq!(files(&folder, &sources).len(), 9);
}

#[test]
fn every_crate_of_a_package_is_read() {
    let (folder, sources) = read(&[
        ("src/lib.rs", ""),
        ("src/main.rs", GRAPH),
        ("src/bin/one.rs", GRAPH),
        ("src/bin/two/main.rs", "mod more;"),
        ("src/bin/two/more.rs", GRAPH),
        ("src/bin/notes.txt", "no Rust"),
        ("tests/graph.rs", GRAPH),
    ]);
    assert_eq!(
        graphs(&sources),
        ["one::shop", "two::more::shop", "my_shop::shop"]
    );
    assert_eq!(files(&folder, &sources)[0], "src/lib.rs");
}

#[test]
fn the_manifest_may_say_where_the_crates_are() {
    let manifest = "[package]\nname = 'x'\nautobins = false\n[lib]\nname = 'shop'\npath = 'lib.rs'\n\
        [[bin]]\nname = 'serve'\npath = 'serve.rs'\n[[bin]]\nname = 'x'";
    let (folder, sources) = read(&[
        ("Cargo.toml", manifest),
        ("lib.rs", GRAPH),
        ("serve.rs", ""),
        ("src/main.rs", ""),
        ("src/bin/no.rs", ""),
    ]);
    assert_eq!(
        files(&folder, &sources),
        ["lib.rs", "serve.rs", "src/main.rs"]
    );
    assert_eq!(graphs(&sources), ["shop::shop"]);
}

#[test]
fn items_that_are_not_compiled_are_left_out() {
    let text = format!("#[cfg(test)] mod tests {{ {GRAPH} }} #[cfg(test)] {GRAPH} mod a; mod b;");
    let (_folder, sources) = read(&[
        ("src/lib.rs", &text),
        ("src/a.rs", &format!("#![cfg(test)] {GRAPH}")),
        (
            "src/b.rs",
            &format!("#[cfg_attr(test, graph)] fn x() {{}} {GRAPH}"),
        ),
    ]);
    assert_eq!(graphs(&sources), ["my_shop::b::shop"]);
}

#[test]
fn a_file_that_does_not_parse_is_named_and_the_others_are_read() {
    let (folder, sources) = read(&[
        ("src/lib.rs", &format!("mod a; mod missing; {GRAPH}")),
        ("src/a.rs", "\u{feff}fn fine() {}\nfn wröng() { 1 + }\n"),
    ]);
    assert_eq!(graphs(&sources), ["my_shop::shop"]);
    let [problem] = sources.problems() else {
        panic!("{:?}", sources.problems())
    };
    let place = problem.place.as_ref().unwrap();
    assert_eq!(place.line_column, (2, 18));
    assert_eq!(&place.text[place.bytes.clone()], "}");
    let shown = problem.to_string();
    assert!(
        shown.ends_with("a.rs:2:18: unexpected end of input, expected an expression"),
        "{shown}"
    );
    assert!(shown.starts_with(&folder.path().display().to_string()));
}

#[test]
fn a_file_that_is_a_module_of_itself_does_not_loop() {
    let text = format!("#[path = \"lib.rs\"] mod again; {GRAPH}");
    let (_folder, sources) = read(&[("src/lib.rs", &text)]);
    assert_eq!(graphs(&sources), ["my_shop::shop"]);
}

#[test]
fn a_manifest_that_does_not_parse_is_a_problem() {
    let (_folder, sources) = read(&[("Cargo.toml", "[package]\nname = = 1\n")]);
    let shown = sources.problems()[0].to_string();
    assert!(shown.contains("Cargo.toml:2:8: "), "{shown}");
}
