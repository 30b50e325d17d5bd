//! Limits how many requests the server works on at a time.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError};

use crate::{Error, Result};

/// Limits the requests in flight, which bounds the memory that they take.
pub(super) struct Admission {
    places: Arc<Semaphore>,
    max_ongoing_requests: usize,
}

/// The place of one request among those in flight; dropping it frees the place.
pub(super) type Place = OwnedSemaphorePermit;

impl Admission {
    pub(super) fn new(max_ongoing_requests: usize) -> Self {
        let max_ongoing_requests = max_ongoing_requests.min(Semaphore::MAX_PERMITS);
        Admission {
            places: Arc::new(Semaphore::new(max_ongoing_requests)),
            max_ongoing_requests,
        }
    }

    /// Takes a place, or refuses the request at once.
    pub(super) fn enter(&self) -> Result<Place> {
        Arc::clone(&self.places)
            .try_acquire_owned()
            .map_err(|error| match error {
                TryAcquireError::NoPermits => Error::new(
                    crate::ErrorKind::Overloaded,
                    format!(
                        "{} requests are already in flight",
                        self.max_ongoing_requests
                    ),
                ),
                TryAcquireError::Closed => Error::unavailable("the server is shutting down"),
            })
    }
}
