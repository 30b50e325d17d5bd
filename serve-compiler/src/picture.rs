//! What stands below the user's words on a graph's page of the documentation: its picture.
//!
//! The definitions of what the graph calls are looked up in the package's sources. Where they cannot
//! be read, the graph's own tokens have to do: the picture has its nodes and edges all the same.

use std::path::{Path, PathBuf};

use bumpalo::Bump;
use proc_macro2::{LineColumn, TokenStream, TokenTree, fallback};
use serve_topology::Topology;
use serve_topology::render::svg;

use crate::source::{Cfg, GraphSource, Sources};

/// The Markdown with the picture of `#[graph(..)] fn ..`, as the attribute hands it on; empty for a
/// graph with an error, which the attribute reports. `package` is the folder with the `Cargo.toml`.
pub fn picture(graph: TokenStream, package: Option<&Path>) -> String {
    let place = place(graph.clone());
    let text = graph.to_string();
    let _files = InFiles::begin();
    let found = place.zip(package).and_then(|((file, at), package)| {
        Sources::around(&file, package)
            .find_map(|sources| Some(page(&sources.graph_at(&file, at)?)))
    });
    found.unwrap_or_else(|| {
        let alone = Sources::of_text(&text, Cfg::default());
        alone
            .graphs()
            .next()
            .map(|graph| page(&graph))
            .unwrap_or_default()
    })
}

/// The file, and where in it the function's name is.
fn place(graph: TokenStream) -> Option<(PathBuf, LineColumn)> {
    let mut tokens = graph.into_iter();
    tokens.find(|token| matches!(token, TokenTree::Ident(ident) if ident == "fn"))?;
    let name = tokens.next()?.span();
    Some((name.local_file()?.canonicalize().ok()?, name.start()))
}

fn page(graph: &GraphSource<'_>) -> String {
    let bump = Bump::new();
    let Ok(topology) = graph.topology(&bump) else {
        return String::new();
    };
    let words = match graph.is_documented() {
        true => String::new(),
        false => words(&topology),
    };
    // As wide as it is, in a box that scrolls: made to fit, the text would be too small.
    let picture = svg(&topology);
    format!(
        "\n\n{words}<div style=\"overflow-x:auto;margin:1em 0\"><div style=\"width:max-content\">\n\
         {picture}</div></div>\n\n"
    )
}

/// The first line of a page that has no other.
fn words(topology: &Topology<'_>) -> String {
    format!("The graph `{}`.\n\n", topology.name)
}

/// While tokens are made of files they are proc-macro2's own: the compiler's would have no places,
/// and an error in a file would be an error of the crate.
struct InFiles;

impl InFiles {
    fn begin() -> Self {
        fallback::force();
        InFiles
    }
}

impl Drop for InFiles {
    fn drop(&mut self) {
        fallback::unforce();
    }
}
