//! Limits how many calls one request's fan-outs may have in flight at a deployment.

use std::future::Future;

use tokio::sync::Semaphore;

use crate::request::deadline::before_a_call;
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

    /// The maximum number of calls.
    pub fn calls(&self) -> usize {
        self.calls
    }
}

/// Runs a call once fewer than the maximum are in flight; first come, first served.
pub async fn limited<T>(limit: &Limit, call: impl Future<Output = Result<T>>) -> Result<T> {
    let _turn = match limit.free.try_acquire() {
        Ok(free) => free,
        Err(_) => before_a_call(limit.free.acquire())
            .await
            .map_err(Error::unavailable)?, // never closed
    };
    call.await
}
