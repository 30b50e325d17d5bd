//! How many calls of one request may be in flight at a deployment for the items of fan-outs.

use std::future::Future;

use tokio::sync::Semaphore;

use crate::{Error, Result};

/// The limit of one deployment, in one request.
pub struct Limit {
    calls: usize,
    free: Semaphore,
}

impl Limit {
    /// A limit of at least one call.
    pub fn new(calls: usize) -> Self {
        let calls = calls.clamp(1, Semaphore::MAX_PERMITS);
        Limit {
            calls,
            free: Semaphore::new(calls),
        }
    }

    /// How many calls it allows.
    pub fn calls(&self) -> usize {
        self.calls
    }
}

/// A call that waits until there are few enough others; first come, first served.
pub async fn limited<T>(limit: &Limit, call: impl Future<Output = Result<T>>) -> Result<T> {
    let _turn = limit.free.acquire().await.map_err(Error::unavailable)?; // nobody closes it
    call.await
}
