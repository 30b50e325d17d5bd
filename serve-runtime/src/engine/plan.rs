//! What a deployment's engine needs to know to start.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use serve_topology::Options;
use serve_topology::options::MAX_QUEUED_FROM_OUTSIDE;
use tokio::runtime::Handle;
use tokio::sync::mpsc;

use crate::Error;
use crate::engine::{Clocks, ReplicaId, Watched};
use crate::request::admission::ExpectedWait;
use crate::request::caller::Caller;

/// What an engine runs with, beside its replicas.
#[derive(Clone)]
pub(crate) struct Plan {
    pub(crate) name: Arc<str>,
    /// The variable that the deployment is bound to.
    pub(crate) variable: Arc<str>,
    pub(crate) limits: Arc<LiveLimits>,
    pub(crate) events: mpsc::UnboundedSender<Event>,
    pub(crate) runtime: Handle,
    /// Whether every call in place has its replica for itself.
    pub(crate) exclusive: bool,
    /// Whether its replicas have models that calls are for.
    pub(crate) multiplexed: bool,
    pub(crate) watched: Watched,
    /// How long those that wait will wait.
    pub(crate) expected_wait: Arc<ExpectedWait>,
    /// What advances the clock of its polls, if that is a real one.
    pub(crate) clocks: Option<Arc<Clocks>>,
}

/// What an engine tells the controller of its deployment.
#[derive(Debug)]
pub(crate) enum Event {
    /// A replica panicked, and is not called any more.
    Lost(ReplicaId),
    /// A call waits, and there is no replica that could take it.
    Wanted,
    /// A call waits. Not told again until the controller has [ended its watch](Watched::end).
    Waits,
}

/// Limits that can be changed while calls are made.
#[derive(Debug)]
pub(crate) struct LiveLimits {
    /// At least 1; `u32::MAX` for none.
    max_ongoing_requests: AtomicU32,
    /// [`UNSET`] if the user has set none.
    max_queued_requests: AtomicU64,
}

/// A `max_queued_requests` that is not set.
const UNSET: u64 = u64::MAX;

impl LiveLimits {
    pub(crate) fn new(max_ongoing_requests: Option<u32>, max_queued_requests: Option<u32>) -> Self {
        LiveLimits {
            max_ongoing_requests: AtomicU32::new(max_ongoing_requests.unwrap_or(u32::MAX)),
            max_queued_requests: AtomicU64::new(max_queued_requests.map_or(UNSET, u64::from)),
        }
    }

    pub(crate) fn set(&self, options: &Options<'_>) {
        let max_ongoing_requests = options.max_ongoing_requests.unwrap_or(u32::MAX);
        self.max_ongoing_requests
            .store(max_ongoing_requests, Ordering::Relaxed);
        self.max_queued_requests.store(
            options.max_queued_requests.map_or(UNSET, u64::from),
            Ordering::Relaxed,
        );
    }

    /// `None` for no limit.
    #[inline]
    pub(crate) fn max_ongoing_requests(&self) -> Option<u32> {
        let limit = self.max_ongoing_requests.load(Ordering::Relaxed);
        (limit != u32::MAX).then_some(limit)
    }

    /// `None` if the user has set none.
    pub(crate) fn max_queued_requests(&self) -> Option<u32> {
        let max = self.max_queued_requests.load(Ordering::Relaxed);
        u32::try_from(max).ok()
    }
}

impl Plan {
    /// How many calls in place a replica can have in flight; `None` for any number.
    pub(crate) fn max_ongoing_requests(&self) -> Option<u32> {
        match self.exclusive {
            true => Some(1),
            false => self.limits.max_ongoing_requests(),
        }
    }

    /// How many calls may wait, a call of `caller` included.
    pub(crate) fn may_wait(&self, caller: Caller) -> u32 {
        caller.may_wait(self.limits.max_queued_requests())
    }

    /// The error for a call that may not wait.
    pub(crate) fn overloaded(&self) -> Error {
        let max = self.limits.max_queued_requests();
        let max = max.unwrap_or(MAX_QUEUED_FROM_OUTSIDE);
        Error::queue_full(&self.name, max, self.expected_wait.get())
    }

    pub(crate) fn stopped(&self) -> Error {
        Error::unavailable(format!("`{}` has been shut down", self.name))
    }

    /// A call waits for a replica.
    #[inline]
    pub(crate) fn call_waits(&self) {
        if self.watched.begin() {
            self.tell(Event::Waits);
        }
    }

    /// Sends an event to the controller, which may have ended.
    pub(crate) fn tell(&self, event: Event) {
        let _ = self.events.send(event);
    }
}

/// The error for a call to a deployment that is not deployed.
pub(crate) fn not_deployed() -> Error {
    Error::unavailable(
        "this handle's deployment is not running: pass its application to `deploy` or `run`",
    )
}
