//! The picture on a graph's page of the documentation, below the user's text.
//!
//! The definitions of the deployments are looked up in the package's sources. If they cannot be read, the
//! picture is drawn from the graph's own tokens: it still has all nodes and edges.

use std::path::{Path, PathBuf};

use bumpalo::Bump;
use proc_macro2::{LineColumn, TokenStream, TokenTree};
use serve_topology::Topology;

use crate::source::enclosing::InFiles;
use crate::source::{Cfg, GraphSource, Sources};

/// The Markdown with the picture of `#[graph(..)] fn ..`, for the attribute to emit; empty for a graph with an
/// error, which the attribute reports.
///
/// `package` is the folder with the `Cargo.toml`; `draw` returns an SVG element that can be put in Markdown.
pub fn picture(
    graph: TokenStream,
    package: Option<&Path>,
    draw: impl Fn(&Topology<'_>) -> String,
) -> String {
    let (text, place) = (graph.to_string(), place(graph));
    let _files = InFiles::begin();
    let page = |graph: GraphSource<'_>| page(&graph, &draw);
    let in_package = place.zip(package).and_then(|((file, at), package)| {
        let mut sources = Sources::around(&file, package);
        sources.find_map(|mut sources| match sources.graph_at(&file, at) {
            Some(graph) => Some(page(graph)),
            // A macro may have made it from tokens that are in the file.
            None => sources.adopt(&file, &text).map(page),
        })
    });
    in_package.unwrap_or_else(|| {
        let alone = Sources::of_text(&text, Cfg::default());
        alone.graphs().next().map(page).unwrap_or_default()
    })
}

/// The file, and the place of the function's name in it.
fn place(graph: TokenStream) -> Option<(PathBuf, LineColumn)> {
    let mut tokens = graph.into_iter();
    tokens.find(|token| matches!(token, TokenTree::Ident(ident) if ident == "fn"))?;
    let name = tokens.next()?.span();
    Some((name.local_file()?.canonicalize().ok()?, name.start()))
}

fn page(graph: &GraphSource<'_>, draw: impl Fn(&Topology<'_>) -> String) -> String {
    let bump = Bump::new();
    let Ok(topology) = graph.topology(&bump) else {
        return String::new();
    };
    let words = match graph.is_documented() {
        true => String::new(),
        false => format!("The graph `{}`.\n\n", topology.name),
    };
    let svg = draw(&topology);
    // The picture shrinks as long as its text stays legible; then its box scrolls.
    let style = width(&svg).map(|width| {
        let least = width * 4 / 5;
        format!(" style=\"min-width:{least}px;max-width:{width}px\"")
    });
    let style = style.unwrap_or_default();
    format!(
        "\n\n{words}<div style=\"overflow-x:auto;margin:1em 0\"><div{style}>\n{svg}</div></div>\n\n"
    )
}

/// The width in pixels from a picture's start tag.
fn width(svg: &str) -> Option<u32> {
    let (_, rest) = svg.split_once(" width=\"")?;
    rest.split_once('"')?.0.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GRAPH: &str =
        "#[graph(route_prefix = \"/x\")] fn shop() -> u32 { input(|n: u32| look(n)) }";

    fn shown(graph: &str) -> String {
        let draw = |topology: &Topology<'_>| {
            let nodes = topology.nodes.iter().map(|node| node.name);
            let nodes = nodes.collect::<Vec<_>>().join(" ");
            let route = topology.entries[0].route;
            format!("<svg width=\"90\">{route} {nodes}</svg>\n")
        };
        picture(graph.parse().unwrap(), None, draw)
    }

    #[test]
    fn tokens_without_sources_have_nodes() {
        let shown = shown(GRAPH);
        assert!(shown.contains("<svg width=\"90\">/x look</svg>"), "{shown}");
        assert!(shown.contains("min-width:72px;max-width:90px"), "{shown}");
    }

    #[test]
    fn a_graph_without_words_gets_a_line_of_its_own() {
        assert!(shown(GRAPH).starts_with("\n\nThe graph `shop`.\n\n<div"));
        assert!(shown(&format!("#[doc(hidden)] {GRAPH}")).contains("The graph"));
        for words in ["/// Sells.\n", "#[doc = include_str!(\"shop.md\")]"] {
            assert!(shown(&format!("{words}{GRAPH}")).starts_with("\n\n<div"));
        }
    }

    #[test]
    fn a_wrong_graph_has_no_picture_and_no_error() {
        let wrong = ["", "fn", "struct X;", "#[graph] fn shop() {}"];
        for graph in wrong {
            assert_eq!(shown(graph), "", "{graph}");
        }
    }
}
