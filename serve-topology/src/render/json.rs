//! The plain data as JSON.

use crate::Topology;

/// Writes the topology with two spaces of indentation.
pub(super) fn write(topology: &Topology<'_>) -> String {
    // Writing to memory, without maps or hand-written `Serialize`, cannot fail.
    serde_json::to_string_pretty(topology).unwrap_or_default()
}
