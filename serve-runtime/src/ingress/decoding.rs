//! Where bodies are decoded: a large one must not hold up the other requests of its thread.

use std::sync::Arc;
use std::thread::available_parallelism;

use axum::http::StatusCode;
use serve_topology::Param;
use tokio::sync::Semaphore;
use tokio::task::{JoinError, spawn_blocking};

use super::answer::Problem;
use super::decode::{Content, Inputs};

/// The largest body that is decoded on the request's own task, in bytes, if it is JSON or text. Any other
/// one is decoded on a thread for blocking work: parsing 64 KiB takes some 0.3 ms, the way there and back 15 µs.
pub const MAX_BYTES_DECODED_IN_PLACE: usize = 64 * 1024;

/// Decodes bodies, as many large ones at a time as there are cores: more would only need more memory.
pub(super) struct Decoding(Arc<Semaphore>);

impl Decoding {
    pub(super) fn new() -> Self {
        let cores = available_parallelism().map_or(1, Into::into);
        Decoding(Arc::new(Semaphore::new(cores)))
    }

    pub(super) async fn decode<I: Inputs>(
        &self,
        params: &'static [Param<'static>],
        body: Content,
    ) -> Result<I, Problem> {
        let is_small = body.is_plain() && body.len() <= MAX_BYTES_DECODED_IN_PLACE;
        if is_small || params.is_empty() {
            return Ok(I::decode(params, &body)?);
        }
        // It is never closed.
        let place = Arc::clone(&self.0).acquire_owned().await;
        let decoded = spawn_blocking(move || {
            let decoded = I::decode(params, &body);
            drop(place);
            decoded
        });
        Ok(decoded.await.map_err(|error| failed(&error))??)
    }
}

/// A type's own way of being read panicked, or the runtime stops.
fn failed(error: &JoinError) -> Problem {
    tracing::error!(%error, "the body could not be decoded");
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal error")
}
