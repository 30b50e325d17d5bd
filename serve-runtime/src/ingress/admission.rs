//! How many requests the server works on at a time.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError};

use crate::{Error, Result};

/// Bounds the requests that are in flight, so that memory is bounded whatever arrives.
pub(super) struct Admission {
    places: Arc<Semaphore>,
    max_ongoing_requests: usize,
}

/// A request's place; dropping it gives it back.
pub(super) type Place = OwnedSemaphorePermit;

impl Admission {
    pub(super) fn new(max_ongoing_requests: usize) -> Self {
        let max_ongoing_requests = max_ongoing_requests.min(Semaphore::MAX_PERMITS);
        Admission {
            places: Arc::new(Semaphore::new(max_ongoing_requests)),
            max_ongoing_requests,
        }
    }

    /// Takes a place, or refuses at once.
    pub(super) fn enter(&self) -> Result<Place> {
        Arc::clone(&self.places)
            .try_acquire_owned()
            .map_err(|error| match error {
                TryAcquireError::NoPermits => Error::new(
                    crate::ErrorKind::Overloaded,
                    format!(
                        "{} requests are under way already",
                        self.max_ongoing_requests
                    ),
                ),
                TryAcquireError::Closed => Error::unavailable("the server is shutting down"),
            })
    }
}
