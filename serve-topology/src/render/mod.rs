//! Pictures of a topology.
//!
//! Every picture shows the same scene: the parts of a request at the top, the calls in the order of their
//! values, the answer, and dashed lines to the deployments that a deployment calls through a handle. A choice
//! is a diamond, with a line for each of its patterns. The calls for each item of a value, and the inside of a
//! bound graph, are in a frame. The output depends only on the topology, so it can be kept in a repository.
//!
//! ```text
//! Topology -> scene (what is shown) -> svg | mermaid | dot (how)
//! Topology -> json                                    (as it is)
//! ```

mod badges;
mod cluster;
mod dot;
mod figure;
mod format;
mod json;
mod mermaid;
mod scene;
#[cfg(feature = "svg")]
mod svg;
mod text;

use crate::Topology;
use scene::Scene;

pub use format::{Format, UnknownFormat};

/// A self-contained SVG element.
///
/// It can be put into an HTML page unchanged, also next to others: it has no ids, no script and no external
/// parts. It follows the page's light or dark scheme, and rustdoc's theme. It has no empty line and its first
/// line is only its start tag, so that Markdown treats it as HTML.
#[cfg(feature = "svg")]
pub fn svg(topology: &Topology<'_>) -> String {
    svg::draw(&Scene::of(topology), topology)
}

/// A Mermaid flowchart, such as GitHub shows in a `mermaid` code block.
pub fn mermaid(topology: &Topology<'_>) -> String {
    mermaid::write(&Scene::of(topology), topology.name)
}

/// A Graphviz digraph in the DOT language.
pub fn dot(topology: &Topology<'_>) -> String {
    dot::write(&Scene::of(topology), topology.name)
}

/// The topology's data as indented JSON.
pub fn json(topology: &Topology<'_>) -> String {
    json::write(topology)
}

impl Topology<'_> {
    /// Renders the topology in the given format.
    pub fn render(&self, format: Format) -> String {
        match format {
            #[cfg(feature = "svg")]
            Format::Svg => svg(self),
            Format::Mermaid => mermaid(self),
            Format::Dot => dot(self),
            Format::Json => json(self),
        }
    }
}
