//! `graph`: a picture of the graph.

use std::path::PathBuf;

use serve_topology::render::Format;

use super::output;
use crate::Result;
use crate::graph::Graph;

/// Writes the picture to a file, or to standard output.
pub(super) fn write<G: Graph>(format: Format, file: Option<PathBuf>) -> Result<()> {
    let picture = G::TOPOLOGY.render(format);
    output::write(&picture, file.as_deref())
}
