//! What is still to come in a request, as the node knows that is being called.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::request::deadline::current_node::Turn;
use crate::request::deadline::{Estimates, late};
use crate::{Error, Request};

/// The node that is being called, and what comes after it. Only requests with a deadline have it.
pub(crate) struct Ahead {
    pub(crate) estimates: Arc<Estimates>,
    pub(crate) node: usize,
    /// What comes after the graph of that node.
    pub(crate) after: Duration,
    /// Whether the request goes on against the estimates, to find out whether they still hold.
    pub(crate) probes: bool,
}

impl Ahead {
    /// Of the node that calls. A request without a deadline need not ask.
    pub(crate) fn current() -> Option<Self> {
        Turn::ahead()
    }

    /// What comes after the node's call, at least.
    pub(crate) fn after_it(&self) -> Duration {
        self.estimates.after(self.node) + self.after
    }

    /// Why a call is not to be made that has come to the head of its queue, if that is so.
    pub(crate) fn late(ahead: Option<&Self>, request: &Request) -> Option<Error> {
        let deadline = request.deadline()?;
        let needs = ahead.map_or(Duration::ZERO, Ahead::needs);
        late(deadline.saturating_duration_since(Instant::now()), needs)
    }

    fn needs(&self) -> Duration {
        match self.probes {
            true => Duration::ZERO,
            false => self.estimates.served(self.node) + self.after_it(),
        }
    }

    /// The call took that long, without its wait in a queue.
    pub(crate) fn was_served_in(&self, took: Duration) {
        self.estimates.learn_served(self.node, took);
    }
}
