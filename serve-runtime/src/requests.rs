//! The requests that a graph works on: no more than its deployments take, and until the last one is
//! answered its deployments stay.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use serve_topology::Topology;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::admission::Admission;
use crate::deadline::{Estimates, Timed};
use crate::{Error, Result};

/// Counts requests in and out.
#[derive(Debug)]
pub struct Requests {
    ongoing: AtomicUsize,
    /// How many may be under way; none once it is closed.
    limit: AtomicUsize,
    closed: AtomicBool,
    admission: Admission,
    /// Told when a request ends after `closed`.
    ended: Notify,
    /// What nodes take, once a request has had a deadline.
    estimates: OnceLock<Arc<Estimates>>,
}

impl Default for Requests {
    fn default() -> Self {
        Requests {
            ongoing: AtomicUsize::new(0),
            limit: AtomicUsize::new(usize::MAX),
            closed: AtomicBool::new(false),
            admission: Admission::default(),
            ended: Notify::new(),
            estimates: OnceLock::new(),
        }
    }
}

/// A request that has begun; dropping it ends it.
#[derive(Debug)]
pub(crate) struct Ongoing<'a>(&'a Requests);

impl Requests {
    /// Begins a request, unless there are as many as there may be.
    ///
    /// It is counted before it looks whether it may begin, and `drain` closes before it counts: a
    /// request that `drain` does not see sees that it is closed.
    #[inline]
    pub(crate) fn begin(&self) -> Result<Ongoing<'_>> {
        let others = self.ongoing.fetch_add(1, Ordering::SeqCst);
        let request = Ongoing(self);
        if others >= self.limit.load(Ordering::SeqCst) {
            return Err(self.refusal());
        }
        Ok(request)
    }

    /// A request has ended.
    #[inline]
    pub(crate) fn end(&self) {
        self.ongoing.fetch_sub(1, Ordering::SeqCst);
        if self.closed.load(Ordering::SeqCst) {
            self.ended.notify_waiters();
        }
    }

    /// Why a request could not begin now, if that is so: for whoever wants to know it before there is a
    /// request.
    pub(crate) fn refused(&self) -> Result<()> {
        match self.ongoing.load(Ordering::SeqCst) >= self.limit.load(Ordering::SeqCst) {
            true => Err(self.refusal()),
            false => Ok(()),
        }
    }

    #[cold]
    fn refusal(&self) -> Error {
        match self.closed.load(Ordering::SeqCst) {
            true => Error::unavailable("the application has been shut down"),
            false => self.admission.overloaded(),
        }
    }

    /// What the limit is derived from.
    pub(crate) fn admission(&self) -> &Admission {
        &self.admission
    }

    /// A deployment can take more or fewer calls than before.
    pub(crate) fn capacity_changed(&self) {
        let limit = self.admission.limit();
        self.limit.store(limit, Ordering::SeqCst);
        if self.closed.load(Ordering::SeqCst) {
            self.limit.store(0, Ordering::SeqCst);
        }
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
        self.limit.store(0, Ordering::SeqCst);
        loop {
            let ended = self.ended.notified();
            if self.ongoing.load(Ordering::SeqCst) == 0 {
                return;
            }
            ended.await;
        }
    }
}

impl Ongoing<'_> {
    /// It ends with [`Requests::end`].
    pub(crate) fn goes_on(self) {
        std::mem::forget(self);
    }
}

impl Drop for Ongoing<'_> {
    #[inline]
    fn drop(&mut self) {
        self.0.end();
    }
}
