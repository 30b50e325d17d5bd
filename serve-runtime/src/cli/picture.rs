//! `graph`: a picture of the graph.

use std::path::PathBuf;

use serve_topology::render::Format;

use super::print::print;
use crate::graph::Graph;
use crate::{Error, ErrorKind, Result};

/// Writes the picture to a file, or to standard output.
pub(super) fn write<G: Graph>(format: Format, output: Option<PathBuf>) -> Result<()> {
    let picture = G::TOPOLOGY.render(format);
    let Some(path) = output else {
        return print(&format!("{picture}\n")).map(drop);
    };
    std::fs::write(&path, picture).map_err(|error| {
        let message = format!("cannot write {}: {error}", path.display());
        Error::new(ErrorKind::InvalidInput, message)
    })
}
