//! What a deployment's engine needs to know to start.

use std::sync::Arc;

use super::Constructor;
use crate::Error;
use crate::gate::{self, Gate};

/// How to run a deployment: its options, checked, and its constructor.
pub struct Plan<D> {
    pub(crate) name: Arc<str>,
    /// At least 1.
    pub(crate) num_replicas: usize,
    /// At least 1.
    pub(crate) max_ongoing_requests: Option<u32>,
    pub(crate) max_queued_requests: u32,
    pub(crate) constructor: Constructor<D>,
}

impl<D> Plan<D> {
    /// The line of in-place calls, if their number is limited.
    pub(crate) fn gate(&self) -> Option<Gate> {
        self.max_ongoing_requests?;
        Some(Gate::new(self.max_queued_requests))
    }

    pub(crate) fn refused(&self, reason: gate::Refused) -> Error {
        match reason {
            gate::Refused::Full => self.overloaded(),
            gate::Refused::Closed => self.stopped(),
            gate::Refused::Late => Error::deadline_passed(),
        }
    }

    pub(crate) fn overloaded(&self) -> Error {
        Error::overloaded(&self.name, self.max_queued_requests)
    }

    pub(crate) fn stopped(&self) -> Error {
        Error::unavailable(format!("`{}` has been shut down", self.name))
    }
}

/// What a call is told whose deployment nobody has deployed.
pub(crate) fn not_deployed() -> Error {
    Error::unavailable(
        "this handle's deployment is not running: pass its application to `deploy` or `run`",
    )
}
