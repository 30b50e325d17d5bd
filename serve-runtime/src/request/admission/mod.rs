//! How many requests a graph may work on, derived from what its deployments take.
//!
//! A request is admitted only if each deployment that it will call has room for it: then no queue inside the graph is
//! ever full, and nothing is begun that cannot be finished.

pub(crate) mod calls_per_request;

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::Error;
use crate::request::admission::calls_per_request::CallsPerRequest;

/// One share for each deployment that has a limit; nothing before a graph is deployed.
#[derive(Debug, Default)]
pub(crate) struct Admission {
    shares: OnceLock<Vec<Share>>,
}

/// What one deployment allows.
#[derive(Debug)]
pub(crate) struct Share {
    name: String,
    calls: CallsPerRequest,
    /// How many requests may be in flight because of it.
    limit: AtomicUsize,
}

impl Share {
    /// A share that allows any number as yet.
    pub(crate) fn new(name: String, calls: CallsPerRequest) -> Self {
        Share {
            name,
            calls,
            limit: AtomicUsize::new(usize::MAX),
        }
    }
}

impl Admission {
    /// Nothing is deployed yet.
    pub(crate) fn set_shares(&self, shares: Vec<Share>) {
        let _ = self.shares.set(shares); // a graph is deployed once
    }

    /// A deployment takes that many calls, `width` of them from the fan-outs of one request.
    pub(crate) fn set_capacity(&self, share: usize, capacity: Option<usize>, width: usize) {
        let Some(share) = self.shares.get().and_then(|shares| shares.get(share)) else {
            return;
        };
        let calls = share.calls.calls + if share.calls.per_item { width } else { 0 };
        // One request may always be there: alone it finds all places free.
        let limit = match (capacity, calls) {
            (None, _) | (_, 0) => usize::MAX,
            (Some(capacity), calls) => (capacity / calls).max(1),
        };
        share.limit.store(limit, Ordering::SeqCst);
    }

    /// How many requests may be in flight.
    pub(crate) fn limit(&self) -> usize {
        self.narrowest().map_or(usize::MAX, |(limit, _)| limit)
    }

    /// The error for a request over the limit.
    pub(crate) fn overloaded(&self) -> Error {
        let (limit, deployment) = self.narrowest().unwrap_or((0, "the graph"));
        Error::too_many_requests(deployment, limit)
    }

    fn narrowest(&self) -> Option<(usize, &str)> {
        let shares = self.shares.get()?.iter();
        let limits = shares.map(|share| (share.limit.load(Ordering::SeqCst), &*share.name));
        limits.min_by_key(|(limit, _)| *limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admission(shares: &[(&str, usize, bool)]) -> Admission {
        let admission = Admission::default();
        let share = |(name, calls, per_item): &(&str, usize, bool)| {
            let calls = CallsPerRequest {
                calls: *calls,
                per_item: *per_item,
            };
            Share::new((*name).to_owned(), calls)
        };
        admission.set_shares(shares.iter().map(share).collect());
        admission
    }

    #[test]
    fn the_narrowest_deployment_says_how_many() {
        let admission = admission(&[("a", 1, false), ("b", 2, false), ("c", 1, false)]);
        admission.set_capacity(0, Some(10), 1);
        admission.set_capacity(1, Some(15), 1);
        admission.set_capacity(2, None, 1);
        assert_eq!(admission.limit(), 7);
        assert!(admission.overloaded().to_string().contains("`b`"));
        admission.set_capacity(1, Some(30), 1);
        assert_eq!(admission.limit(), 10);
    }

    #[test]
    fn a_fan_out_counts_as_wide_as_it_is() {
        let admission = admission(&[("a", 0, true)]);
        admission.set_capacity(0, Some(101), 2);
        assert_eq!(admission.limit(), 50);
    }

    #[test]
    fn one_request_may_always_be_there() {
        let admission = admission(&[("a", 3, false)]);
        admission.set_capacity(0, Some(1), 1);
        assert_eq!(admission.limit(), 1);
    }
}
