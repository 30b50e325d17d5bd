//! Limits how many calls one request's fan-outs may have in flight at a deployment.

use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{Notify, Semaphore};

use crate::handle::AnyHandle;
use crate::request::deadline::before_a_call;
use crate::{Error, Result};

/// The limit of one deployment, in one request: at most as many calls as keep its replicas busy. A request is sure of
/// one place only, and takes more while they are free: else a fan-out would fill the queue that other requests are
/// sure of.
pub struct Limit<'g> {
    deployment: &'g (dyn AnyHandle + Sync),
    calls: usize,
    free: Semaphore,
    in_flight: AtomicUsize,
    ended: Notify,
}

impl<'g> Limit<'g> {
    /// The limit for the calls of a handle.
    pub fn new(deployment: &'g (dyn AnyHandle + Sync)) -> Self {
        let calls = deployment.width().clamp(1, Semaphore::MAX_PERMITS);
        Limit {
            deployment,
            calls,
            free: Semaphore::new(calls),
            in_flight: AtomicUsize::new(0),
            ended: Notify::new(),
        }
    }

    /// The maximum number of calls.
    pub fn calls(&self) -> usize {
        self.calls
    }

    fn try_place(&self) -> Option<Place<'_, 'g>> {
        let is_free = self.in_flight.load(Ordering::Relaxed) == 0 || self.deployment.has_place();
        is_free.then(|| {
            self.in_flight.fetch_add(1, Ordering::Relaxed);
            Place(self)
        })
    }

    /// Waits until the request has no other call in flight, or there is a place beside it.
    async fn place(&self) -> Place<'_, 'g> {
        loop {
            let ended = self.ended.notified();
            if let Some(place) = self.try_place() {
                return place;
            }
            ended.await;
        }
    }
}

/// A call in flight.
struct Place<'l, 'g>(&'l Limit<'g>);

impl Drop for Place<'_, '_> {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::Relaxed);
        self.0.ended.notify_waiters();
    }
}

/// Runs a call once fewer than the maximum are in flight; first come, first served.
pub async fn limited<T>(limit: &Limit<'_>, call: impl Future<Output = Result<T>>) -> Result<T> {
    let _turn = match limit.free.try_acquire() {
        Ok(free) => free,
        Err(_) => before_a_call(limit.free.acquire())
            .await
            .map_err(Error::unavailable)?, // never closed
    };
    let _place = match limit.try_place() {
        Some(place) => place,
        None => before_a_call(limit.place()).await,
    };
    call.await
}
