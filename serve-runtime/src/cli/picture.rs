//! `graph`: a picture of the graph.

use std::path::PathBuf;

use serve_topology::Topology;
use serve_topology::render::Format;

use super::output;
use crate::Result;

/// Writes the picture to a file, or to standard output.
pub(super) fn write(topology: &Topology<'_>, format: Format, file: Option<PathBuf>) -> Result<()> {
    let picture = topology.render(format);
    output::write(&picture, file.as_deref())
}

/// The format of that name. SVG needs the feature `pictures` of this crate, even if another crate has enabled it in
/// serve-topology.
pub(super) fn format(name: &str) -> Result<Format, String> {
    if name == "svg" && !cfg!(feature = "pictures") {
        return Err(super::missing::feature("svg", "pictures"));
    }
    name.parse::<Format>().map_err(|error| error.to_string())
}
