//! Which crate a file belongs to.

use std::path::{Path, PathBuf};

use bumpalo::Bump;
use proc_macro2::LineColumn;
use tempfile::TempDir;

use super::super::{Cfg, GraphSource, Sources};
use super::package;

const LIBRARY: &str = "#[deployment] pub fn look(n: u32) -> Seen { n }
    #[graph] fn shop() -> u32 { input(|n: u32| look(n)) }";

const EXAMPLE: &str = "use my_shop::look;
mod inner { #[graph] fn shop() -> u32 { input(|n: u32| n) } }
#[graph] fn shop() -> u32 { input(|n: u32| look(n)) }";

fn files() -> TempDir {
    package(&[
        (
            "Cargo.toml",
            "[package]\nname = \"my-shop\"\n[[test]]\nname = \"all\"\npath = \"checks/all.rs\"",
        ),
        ("src/lib.rs", LIBRARY),
        ("examples/small.rs", EXAMPLE),
        ("examples/large/main.rs", "mod graph;"),
        ("examples/large/graph.rs", EXAMPLE),
        ("checks/all.rs", EXAMPLE),
    ])
}

/// The calls of the graph at a place of a file, and their types.
fn called(folder: &TempDir, file: &str, line: usize, column: usize) -> Option<String> {
    let file = folder.path().join(file).canonicalize().unwrap();
    let at = LineColumn { line, column };
    Sources::around(&file, folder.path())
        .find_map(|sources| Some(first_node(sources.graph_at(&file, at)?)))
}

fn first_node(graph: GraphSource<'_>) -> String {
    let bump = Bump::new();
    let topology = graph.topology(&bump).unwrap();
    let node = topology.nodes.first();
    node.map(|node| format!("{} {}", node.name, node.method.output))
        .unwrap_or_default()
}

#[test]
fn a_graph_is_found_by_its_place_in_any_crate() {
    let folder = files();
    let looks = Some("look Seen".to_owned());
    assert_eq!(called(&folder, "src/lib.rs", 2, 16), looks);
    for file in [
        "examples/small.rs",
        "examples/large/graph.rs",
        "checks/all.rs",
    ] {
        assert_eq!(called(&folder, file, 3, 12), looks, "{file}");
        assert_eq!(called(&folder, file, 2, 24), Some(String::new()), "{file}");
        assert_eq!(called(&folder, file, 2, 12), None, "{file}");
    }
}

#[test]
fn a_graph_from_a_macro_resolves_names_as_its_file() {
    let folder = files();
    let file = folder.path().join("examples/small.rs").canonicalize();
    let file = file.unwrap();
    let made = "#[graph] fn made() -> u32 { input(|n: u32| look(n)) }";
    let mut around = Sources::around(&file, folder.path());
    let node = around.find_map(|mut sources| sources.adopt(&file, made).map(first_node));
    assert_eq!(node, Some("look Seen".to_owned()));
}

#[test]
fn unreadable_sources_have_no_graphs() {
    let nowhere = PathBuf::from("/nowhere/src/lib.rs");
    let mut around = Sources::around(&nowhere, Path::new("/nowhere"));
    assert!(around.all(|mut sources| sources.adopt(&nowhere, "#[graph] fn f() {}").is_none()));
    assert_eq!(
        Sources::of_text("fn f( {", Cfg::default()).graphs().count(),
        0
    );
}
