//! Functions.

use serve_runtime::prelude::*;

/// Waits.
#[deployment]
pub async fn measure(length: usize) -> usize {
    length
}

/// Computes.
#[deployment(num_replicas = 4)]
pub fn join(verdict: String, (length, limit): (usize, usize)) -> Result<String> {
    Ok(format!("{verdict} {length} {limit}"))
}
