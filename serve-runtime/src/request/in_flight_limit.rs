//! How many requests a graph has in flight: no more than its deployments can take, and its deployments run until
//! the last one is answered.

use std::sync::{Arc, OnceLock};

use serve_topology::Topology;
use tokio::time::Instant;

use crate::request::admission::Admission;
use crate::request::deadline::{Estimates, RequestClock};
use crate::request::in_flight::{Guard, InFlight};
use crate::{Error, Result};

/// Counts requests in and out.
#[derive(Debug)]
pub struct InFlightLimit {
    in_flight: InFlight,
    admission: Admission,
    /// What nodes take, once a request has had a deadline.
    estimates: OnceLock<Arc<Estimates>>,
    /// The variable that another graph has for this one.
    bound_to: OnceLock<&'static str>,
}

impl Default for InFlightLimit {
    fn default() -> Self {
        InFlightLimit {
            in_flight: InFlight::new(),
            admission: Admission::default(),
            estimates: OnceLock::new(),
            bound_to: OnceLock::new(),
        }
    }
}

impl InFlightLimit {
    /// Begins a request, unless the limit is reached.
    #[inline]
    pub(crate) fn begin(&self) -> Result<Guard<'_>> {
        self.in_flight.begin().ok_or_else(|| self.refusal())
    }

    /// A request has ended whose guard was [leaked](Guard::leak).
    pub(crate) fn end(&self) {
        self.in_flight.end();
    }

    /// Why a request could not begin now, if that is so: for a caller that asks before it has a request.
    #[cfg(feature = "http")]
    pub(crate) fn refused(&self) -> Result<()> {
        match self.in_flight.is_full() {
            true => Err(self.refusal()),
            false => Ok(()),
        }
    }

    #[cold]
    fn refusal(&self) -> Error {
        match self.in_flight.is_closed() {
            true => Error::unavailable("the application has been shut down"),
            false => self.admission.overloaded(),
        }
    }

    /// The graph is a part of another one, which has this variable for it.
    pub(crate) fn bind_to(&self, variable: &'static str) {
        let _ = self.bound_to.set(variable); // what is bound is used up, so that this is done once
    }

    /// The variable that another graph has for this one.
    pub(crate) fn bound_to(&self) -> Option<&'static str> {
        self.bound_to.get().copied()
    }

    /// What the limit is derived from.
    pub(crate) fn admission(&self) -> &Admission {
        &self.admission
    }

    /// A deployment can take more or fewer calls than before.
    pub(crate) fn capacity_changed(&self) {
        self.in_flight.set_limit(|| self.admission.limit());
    }

    /// Looks at the clock for a request that has a deadline.
    #[cold]
    pub(crate) fn clock(
        &self,
        deadline: Instant,
        topology: &'static Topology<'static>,
    ) -> Box<RequestClock> {
        let new = || Arc::new(Estimates::new(topology));
        let estimates = self.estimates.get_or_init(new);
        Box::new(RequestClock::new(deadline, estimates, topology.nodes.len()))
    }

    /// Lets no more begin, and resolves when those that have are over.
    pub(crate) async fn drain(&self) {
        self.in_flight.drain().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;
    use crate::request::admission::Share;
    use crate::request::admission::calls_per_request::CallsPerRequest;

    #[tokio::test]
    async fn a_refusal_says_whether_there_are_too_many_or_there_will_be_none() {
        let requests = InFlightLimit::default();
        let calls = CallsPerRequest {
            calls: 1,
            per_item: false,
        };
        let share = Share::new("model".to_owned(), calls);
        requests.admission().set_shares(vec![share]);
        requests.admission().set_capacity(0, Some(1), 1);
        requests.capacity_changed();

        let begun = requests.begin().unwrap();
        let refused = requests.begin().unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Overloaded);
        #[cfg(feature = "http")]
        assert_eq!(
            requests.refused().unwrap_err().kind(),
            ErrorKind::Overloaded
        );
        // One whose guard is leaked is in flight until `end`.
        begun.leak();
        requests.begin().unwrap_err();
        requests.end();
        #[cfg(feature = "http")]
        requests.refused().unwrap();
        drop(requests.begin().unwrap());

        requests.drain().await;
        let refused = requests.begin().unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Unavailable);
    }
}
