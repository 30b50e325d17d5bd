//! The work that remains for a request, from one of its calls on.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::request::deadline::current_node::CurrentNode;
use crate::request::deadline::{Estimates, check_time};
use crate::{Error, Request, Result};

/// The node that is being called, and the work after it. Only requests with a deadline have it.
pub(crate) struct RemainingWork {
    pub(crate) estimates: Arc<Estimates>,
    pub(crate) node: usize,
    /// The time of the work after the graph of that node.
    pub(crate) after: Duration,
    /// Whether the request is a probe: it ignores the estimates, to check whether they are still right.
    pub(crate) probes: bool,
}

impl RemainingWork {
    /// The remaining work at the current node. Only a request with a deadline needs it.
    pub(crate) fn current() -> Option<Self> {
        CurrentNode::remaining_work()
    }

    /// The minimum time of the work after the node's call.
    pub(crate) fn after_it(&self) -> Duration {
        self.estimates.after(self.node) + self.after
    }

    /// Returns an error if a call at the head of its queue can no longer be made in time.
    pub(crate) fn check(remaining: Option<&Self>, request: &Request) -> Result<()> {
        let Some(deadline) = request.deadline() else {
            return Ok(());
        };
        let left = deadline.saturating_duration_since(Instant::now());
        match remaining {
            // If it goes on as a probe, so does what follows: by then the estimates have been corrected, or it is late.
            Some(remaining) => {
                check_time(left, &remaining.estimates, || remaining.needs()).map(|_| ())
            }
            None if left.is_zero() => Err(Error::deadline_passed()),
            None => Ok(()),
        }
    }

    fn needs(&self) -> Duration {
        match self.probes {
            true => Duration::ZERO,
            false => self.estimates.served(self.node) + self.after_it(),
        }
    }

    /// Records how long the call took, without its wait in a queue.
    pub(crate) fn was_served_in(&self, took: Duration) {
        self.estimates.learn_served(self.node, took);
    }
}
