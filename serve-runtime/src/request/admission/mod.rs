//! The places of a deployment, which requests take before they begin.
//!
//! A deployment with a `max_queued_requests` has a place for each call that its replicas work on and for each that may
//! wait. A request that is sure to call it takes its places when it is let in, so that no such call finds the queue
//! full. Other calls take none: `request/caller` says how they wait.

pub(crate) mod certain_calls;
mod expected_wait;
mod held_places;
pub(crate) mod holds;
mod needs;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

pub(crate) use self::expected_wait::ExpectedWait;
pub(crate) use self::held_places::HeldPlaces;
pub(crate) use self::needs::{Need, Needs, Taken};
use crate::Error;

/// The places of one deployment, for the requests of all entries that are sure to call it.
#[derive(Debug)]
pub(crate) struct Places {
    /// The deployment.
    name: String,
    taken: AtomicUsize,
    /// `usize::MAX` if there is no limit.
    all: AtomicUsize,
    expected_wait: Arc<ExpectedWait>,
}

impl Places {
    /// As many as anybody wants, until their number is [set](Places::set_number).
    pub(crate) fn new(name: String) -> Self {
        Places {
            name,
            taken: AtomicUsize::new(0),
            all: AtomicUsize::new(usize::MAX),
            expected_wait: Arc::default(),
        }
    }

    /// Sets how many there are; `None` if there is no limit.
    pub(crate) fn set_number(&self, number: Option<usize>) {
        self.all
            .store(number.unwrap_or(usize::MAX), Ordering::SeqCst);
    }

    /// Whether there is a limit.
    pub(crate) fn are_limited(&self) -> bool {
        self.all.load(Ordering::SeqCst) != usize::MAX
    }

    /// Whether a request with that many calls at one time finds places. One request alone always does.
    pub(crate) fn has(&self, calls: usize) -> bool {
        self.fits(self.taken.load(Ordering::SeqCst), calls)
    }

    /// Takes the places of a request. One that finds none is not counted for a moment either, or another one would be
    /// refused because of it.
    pub(crate) fn take(&self, calls: usize) -> bool {
        let with_these =
            |taken: usize| self.fits(taken, calls).then(|| taken.saturating_add(calls));
        let taken = self
            .taken
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, with_these);
        taken.is_ok()
    }

    pub(crate) fn give_back(&self, calls: usize) {
        self.taken.fetch_sub(calls, Ordering::SeqCst);
    }

    fn fits(&self, taken: usize, calls: usize) -> bool {
        taken == 0 || taken.saturating_add(calls) <= self.all.load(Ordering::SeqCst)
    }

    /// How long the calls that wait there will wait.
    pub(crate) fn expected_wait(&self) -> &Arc<ExpectedWait> {
        &self.expected_wait
    }

    /// The error for a request with that many calls at one time.
    pub(crate) fn refusal(&self, calls: usize, retry_after: Option<Duration>) -> Error {
        let requests = self.all.load(Ordering::SeqCst) / calls.max(1);
        Error::too_many_requests(&self.name, requests.max(1), retry_after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(number: usize) -> Places {
        let places = Places::new("model".to_owned());
        places.set_number(Some(number));
        places
    }

    #[test]
    fn a_request_takes_a_place_for_each_call_at_one_time() {
        let places = places(7);
        assert!(places.take(3) && places.take(3));
        assert!(!places.has(3) && !places.take(3));
        assert!(places.has(1));
        places.give_back(3);
        assert!(places.take(3));
        assert!(places.refusal(3, None).to_string().contains("`model`"));
    }

    #[test]
    fn one_request_alone_is_always_let_in() {
        let places = places(2);
        assert!(places.take(3));
        assert!(!places.take(1));
    }

    #[test]
    fn without_a_limit_every_request_is_let_in() {
        let places = places(1);
        assert!(places.are_limited() && places.take(1) && !places.take(1));
        places.set_number(None);
        assert!(!places.are_limited() && places.take(1000));
    }
}
