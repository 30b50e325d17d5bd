//! The clock of a request that has a deadline.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use crate::Result;
use crate::request::deadline::current_node::CurrentNode;
use crate::request::deadline::{Estimates, InTime, RemainingWork, check_time};

/// Reads the clock when a node starts and, for samples, when it ends: reading the clock costs more
/// than the graph itself. Atomics only because requests move between threads.
pub(crate) struct RequestClock {
    began: Instant,
    /// The time from then until the deadline.
    within: Duration,
    estimates: Arc<Estimates>,
    /// The time of the work after this graph, if a node of another graph runs it.
    after: Duration,
    probes: AtomicBool,
    /// Whether the request is a sample, from which the estimates learn.
    is_sample: bool,
    /// By node: the number of calls in flight.
    in_flight: Box<[AtomicU32]>,
}

impl RequestClock {
    pub(crate) fn new(deadline: Instant, estimates: &Arc<Estimates>, nodes: usize) -> Self {
        let outer = RemainingWork::current();
        let began = Instant::now();
        RequestClock {
            began,
            within: deadline.saturating_duration_since(began),
            estimates: Arc::clone(estimates),
            after: outer
                .as_ref()
                .map_or(Duration::ZERO, RemainingWork::after_it),
            probes: AtomicBool::new(outer.is_some_and(|outer| outer.probes)),
            is_sample: estimates.is_sample(),
            in_flight: (0..nodes).map(|_| AtomicU32::new(0)).collect(),
        }
    }

    /// The current node for one poll of the request.
    pub(crate) fn current_node(&self) -> CurrentNode {
        CurrentNode {
            estimates: Arc::clone(&self.estimates),
            after: self.after,
            node: Cell::default(),
            waited: Cell::default(),
            all_waited: Cell::default(),
        }
    }

    /// A node's call is polled for the first time. Returns the time since the request began, or an error if the call
    /// and the work after it cannot be done in time; the call must not be made then.
    pub(crate) fn start(&self, node: usize) -> Result<Duration> {
        let now = self.began.elapsed();
        self.check(node, now)?;
        self.count(node, 1);
        Ok(now)
    }

    /// A node's call is about to be polled.
    pub(crate) fn poll(&self, node: usize) {
        CurrentNode::set(node, self.probes());
    }

    /// How long the node's call has waited in this poll before it was made, if it is measured.
    pub(crate) fn waited(&self) -> Duration {
        match self.is_measured() {
            true => CurrentNode::take_waited(),
            false => Duration::ZERO,
        }
    }

    /// A node's call that was started at that time has ended.
    pub(crate) fn end(&self, node: usize, started: Duration, succeeded: bool) {
        self.count(node, u32::MAX); // wraps: adds -1
        if succeeded && self.is_measured() {
            let took = self.began.elapsed().saturating_sub(started);
            self.estimates.learn(node, took);
        }
    }

    fn check(&self, node: usize, now: Duration) -> Result<()> {
        let left = self.within.saturating_sub(now);
        let needs = || match self.probes() {
            true => Duration::ZERO,
            false => self.estimates.takes(node) + self.estimates.after(node) + self.after,
        };
        match check_time(left, &self.estimates, needs)? {
            InTime::Possible => {}
            InTime::Probe => self.probes.store(true, Ordering::Relaxed),
        }
        Ok(())
    }

    fn is_measured(&self) -> bool {
        self.is_sample || self.probes()
    }

    fn probes(&self) -> bool {
        self.probes.load(Ordering::Relaxed)
    }

    /// A plain load and store: only the task that polls the request counts.
    fn count(&self, node: usize, calls: u32) {
        if let Some(in_flight) = self.in_flight.get(node) {
            let before = in_flight.load(Ordering::Relaxed);
            in_flight.store(before.wrapping_add(calls), Ordering::Relaxed);
        }
    }

    /// The first node with a call in flight.
    pub(crate) fn waits_at(&self) -> Option<usize> {
        let mut nodes = self.in_flight.iter();
        nodes.position(|calls| calls.load(Ordering::Relaxed) > 0)
    }

    /// The request has been answered.
    pub(crate) fn answered(&self) {
        self.estimates.answered();
    }
}
