//! Limits how many requests a graph works on, by the capacity of its deployments.
//!
//! A request is admitted only if each deployment that it will call has room for it: so no queue inside the graph is
//! ever full, and no request is begun that cannot be finished.

pub(crate) mod calls_per_request;

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::Error;
use crate::request::admission::calls_per_request::CallsPerRequest;

/// One share for each deployment that has a limit; empty before the graph is deployed.
#[derive(Debug, Default)]
pub(crate) struct Admission {
    shares: OnceLock<Vec<Share>>,
}

/// The limit that one deployment sets.
#[derive(Debug)]
pub(crate) struct Share {
    name: String,
    calls: CallsPerRequest,
    /// How many requests may be in flight because of it.
    limit: AtomicUsize,
}

impl Share {
    /// A share without a limit yet.
    pub(crate) fn new(name: String, calls: CallsPerRequest) -> Self {
        Share {
            name,
            calls,
            limit: AtomicUsize::new(usize::MAX),
        }
    }
}

impl Admission {
    /// Sets the shares, when the graph is deployed.
    pub(crate) fn set_shares(&self, shares: Vec<Share>) {
        let _ = self.shares.set(shares); // this cannot fail: a graph is deployed once
    }

    /// Sets the capacity of a deployment in calls; `width` is the number of calls of one request's fan-outs.
    pub(crate) fn set_capacity(&self, share: usize, capacity: Option<usize>, width: usize) {
        let Some(share) = self.shares.get().and_then(|shares| shares.get(share)) else {
            return;
        };
        let calls = share.calls.calls + if share.calls.per_item { width } else { 0 };
        // One request is always admitted: alone it finds every place free.
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
    fn the_deployment_with_the_smallest_share_sets_the_limit() {
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
    fn a_fan_out_counts_with_its_width() {
        let admission = admission(&[("a", 0, true)]);
        admission.set_capacity(0, Some(101), 2);
        assert_eq!(admission.limit(), 50);
    }

    #[test]
    fn one_request_is_always_admitted() {
        let admission = admission(&[("a", 3, false)]);
        admission.set_capacity(0, Some(1), 1);
        assert_eq!(admission.limit(), 1);
    }
}
