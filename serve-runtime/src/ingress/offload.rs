//! Reads and writes large bodies elsewhere, so that they do not hold up other requests of their thread.

use std::sync::Arc;
use std::thread::available_parallelism;

use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use crate::panics::catch;
use crate::{Error, Result};

/// The largest body of a request or a response that is read or written on the request's own task, in bytes,
/// if it is JSON or text. Any other body is handled on a thread for blocking work: parsing 64 KiB takes some
/// 0.3 ms, the switch to that thread and back 15 µs.
pub const MAX_BYTES_IN_PLACE: usize = 64 * 1024;

/// Works on large bodies, on as many at a time as there are cores: more would only need more memory.
pub(super) struct Offload(Arc<Semaphore>);

impl Offload {
    pub(super) fn new() -> Self {
        let cores = available_parallelism().map_or(1, Into::into);
        Offload(Arc::new(Semaphore::new(cores)))
    }

    /// Runs `work` on a thread for blocking work. Returns an error if it panics, or the runtime stops.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T> {
        // The semaphore is never closed.
        let place = Arc::clone(&self.0).acquire_owned().await;
        let span = tracing::Span::current();
        let done = spawn_blocking(move || {
            let done = span.in_scope(|| catch(|| Ok(work())));
            drop(place);
            done
        });
        done.await.map_err(Error::unavailable)?
    }
}
