//! Reads a request's inputs from its body, in place or in the background.

use axum::http::StatusCode;
use serve_topology::Param;

use crate::ingress::answer::Problem;
use crate::ingress::decode::{Content, Inputs};
use crate::ingress::offload::{MAX_BYTES_IN_PLACE, Offload};

/// Reads the inputs; in place if the body is small, and JSON or text.
pub(crate) async fn decode<I: Inputs>(
    offload: &Offload,
    params: &'static [Param<'static>],
    body: Content,
) -> Result<I, Problem> {
    let is_small = body.is_plain() && body.len() <= MAX_BYTES_IN_PLACE;
    if is_small || params.is_empty() {
        return Ok(I::decode(params, &body)?);
    }
    let decoded = offload.run(move || I::decode(params, &body)).await;
    // A type's `FromBody` or `Deserialize` panicked, or the runtime stops.
    let decoded = decoded.map_err(|error| {
        tracing::error!(%error, "the body could not be decoded");
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal error")
    })?;
    Ok(decoded?)
}
