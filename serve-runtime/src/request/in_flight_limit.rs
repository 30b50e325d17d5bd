//! The requests in flight of a graph: no more than its deployments can take, and the deployments run until
//! the last one is answered.

use std::sync::{Arc, OnceLock};

use serve_topology::Topology;
use tokio::time::Instant;

use crate::request::admission::Admission;
use crate::request::deadline::{Estimates, RequestClock};
use crate::request::in_flight::{Guard, InFlight};
use crate::{Error, Result};

/// Counts the requests in flight of one graph.
#[derive(Debug)]
pub struct InFlightLimit {
    in_flight: InFlight,
    admission: Admission,
    /// The estimates of the graph's nodes, made when a request first has a deadline.
    estimates: OnceLock<Arc<Estimates>>,
    /// The variable of this graph in another graph.
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

    /// Ends a request whose guard was [leaked](Guard::leak).
    pub(crate) fn end(&self) {
        self.in_flight.end();
    }

    /// Returns an error if a request could not begin now: for a caller that checks before it has a request.
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

    /// Sets the variable that this graph is bound to in another graph.
    pub(crate) fn bind_to(&self, variable: &'static str) {
        let _ = self.bound_to.set(variable); // this cannot fail: a graph is consumed when it is bound
    }

    /// The variable that this graph is bound to in another graph.
    pub(crate) fn bound_to(&self) -> Option<&'static str> {
        self.bound_to.get().copied()
    }

    /// Sets the shares that the limit is derived from.
    pub(crate) fn admission(&self) -> &Admission {
        &self.admission
    }

    /// Sets how many calls a deployment can take.
    pub(crate) fn capacity_changed(&self) {
        self.in_flight.set_limit(|| self.admission.limit());
    }

    /// Starts the clock of a request that has a deadline.
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

    /// Accepts no new requests, and resolves when those in flight have ended.
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
        // A request whose guard is leaked is in flight until `end`.
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
