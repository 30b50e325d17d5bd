//! The requests that a graph works on, so that its deployments stay until the last one is answered.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use serve_topology::Topology;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::deadline::{Estimates, Timed};
use crate::{Error, Result};

/// Counts requests in and out.
#[derive(Debug, Default)]
pub struct Requests {
    ongoing: AtomicUsize,
    closed: AtomicBool,
    /// Told when a request ends after `closed`.
    ended: Notify,
    /// What nodes take, once a request has had a deadline.
    estimates: OnceLock<Arc<Estimates>>,
}

/// A request that has begun; dropping it ends it.
#[derive(Debug)]
pub(crate) struct Ongoing<'a>(&'a Requests);

impl Requests {
    /// Begins a request, unless there are to be no more.
    ///
    /// It is counted before it looks whether it may begin, and `drain` closes before it counts: a
    /// request that `drain` does not see sees that it is closed.
    #[inline]
    pub(crate) fn begin(&self) -> Result<Ongoing<'_>> {
        self.ongoing.fetch_add(1, Ordering::SeqCst);
        let request = Ongoing(self);
        if self.closed.load(Ordering::SeqCst) {
            return Err(Error::unavailable("the application has been shut down"));
        }
        Ok(request)
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
        self.closed.store(true, Ordering::SeqCst);
        loop {
            let ended = self.ended.notified();
            if self.ongoing.load(Ordering::SeqCst) == 0 {
                return;
            }
            ended.await;
        }
    }
}

impl Drop for Ongoing<'_> {
    #[inline]
    fn drop(&mut self) {
        self.0.ongoing.fetch_sub(1, Ordering::SeqCst);
        if self.0.closed.load(Ordering::SeqCst) {
            self.0.ended.notify_waiters();
        }
    }
}
