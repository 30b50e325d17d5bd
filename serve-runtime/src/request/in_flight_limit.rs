//! The requests that a graph works on: no more than its deployments take, and until the last one is
//! answered its deployments stay.

use std::sync::{Arc, OnceLock};

use serve_topology::Topology;
use tokio::time::Instant;

use crate::request::admission::Admission;
use crate::request::deadline::{Estimates, Timed};
use crate::request::in_flight::{Counted, Ongoing};
use crate::{Error, Result};

/// Counts requests in and out.
#[derive(Debug)]
pub struct Requests {
    counted: Counted,
    admission: Admission,
    /// What nodes take, once a request has had a deadline.
    estimates: OnceLock<Arc<Estimates>>,
    /// The variable that another graph has for this one.
    bound_to: OnceLock<&'static str>,
}

impl Default for Requests {
    fn default() -> Self {
        Requests {
            counted: Counted::new(),
            admission: Admission::default(),
            estimates: OnceLock::new(),
            bound_to: OnceLock::new(),
        }
    }
}

impl Requests {
    /// Begins a request, unless there are as many as there may be.
    #[inline]
    pub(crate) fn begin(&self) -> Result<Ongoing<'_>> {
        self.counted.begin().ok_or_else(|| self.refusal())
    }

    /// A request has ended that [went on](Ongoing::goes_on).
    pub(crate) fn end(&self) {
        self.counted.end();
    }

    /// Why a request could not begin now, if that is so: for whoever wants to know it before there is a
    /// request.
    #[cfg(feature = "http")]
    pub(crate) fn refused(&self) -> Result<()> {
        match self.counted.is_full() {
            true => Err(self.refusal()),
            false => Ok(()),
        }
    }

    #[cold]
    fn refusal(&self) -> Error {
        match self.counted.is_closed() {
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
        self.counted.set_limit(|| self.admission.limit());
    }

    /// Looks at the clock for a request that has a deadline.
    #[cold]
    pub(crate) fn timed(
        &self,
        deadline: Instant,
        topology: &'static Topology<'static>,
    ) -> Box<Timed> {
        let new = || Arc::new(Estimates::new(topology));
        let estimates = self.estimates.get_or_init(new);
        Box::new(Timed::new(deadline, estimates, topology.nodes.len()))
    }

    /// Lets no more begin, and waits for the end of those that have.
    pub(crate) async fn drain(&self) {
        self.counted.drain().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;
    use crate::request::admission::Share;
    use crate::request::admission::calls_per_request::Demand;

    #[tokio::test]
    async fn a_refusal_says_whether_there_are_too_many_or_there_will_be_none() {
        let requests = Requests::default();
        let demand = Demand {
            calls: 1,
            per_item: false,
        };
        let share = Share::new("model".to_owned(), demand);
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
        // One that goes on is under way until it is said to have ended.
        begun.goes_on();
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
