//! The graph's shape, and the picture of it in the README.

use content_understanding::graph::ContentUnderstandingGraph;
use serve_runtime::Graph;
use serve_runtime::topology::render::Format;

#[test]
fn the_readme_shows_the_graph_as_it_is() {
    let readme = include_str!("../../../README.md");
    let picture = ContentUnderstandingGraph::TOPOLOGY.render(Format::Mermaid);
    assert!(
        readme.contains(&format!("```mermaid\n{}\n```", picture.trim_end())),
        "put this into the README:\n{picture}"
    );
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
