//! The plain data as JSON.

use crate::Topology;

/// Writes the topology with two spaces of indentation.
pub(super) fn write(topology: &Topology<'_>) -> String {
    // Writing into memory, without maps or hand-written `Serialize`, leaves nothing to fail.
    serde_json::to_string_pretty(topology).unwrap_or_default()
}
