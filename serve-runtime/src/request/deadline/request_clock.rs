//! A request with a deadline, on its way through a graph.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::task::Context;
use std::time::Duration;

use tokio::time::Instant;

use crate::private::Node;
use crate::request::deadline::current_node::Turn;
use crate::request::deadline::{Ahead, Estimates, late};
use crate::{Error, Result};

/// Looks at the clock where a node starts and, in some of the requests, where it is over: clocks cost more
/// than the graph. Atomics only because requests move between threads.
pub(crate) struct Timed {
    began: Instant,
    /// How long after that the request has to be answered.
    within: Duration,
    estimates: Arc<Estimates>,
    /// What comes after this graph, if a node of another one runs it.
    after: Duration,
    probes: AtomicBool,
    /// Whether the estimates learn from it.
    is_sample: bool,
    /// By node: calls that are under way.
    under_way: Box<[AtomicU32]>,
}

impl Timed {
    pub(crate) fn new(deadline: Instant, estimates: &Arc<Estimates>, nodes: usize) -> Self {
        let outer = Ahead::current();
        let began = Instant::now();
        Timed {
            began,
            within: deadline.saturating_duration_since(began),
            estimates: Arc::clone(estimates),
            after: outer.as_ref().map_or(Duration::ZERO, Ahead::after_it),
            probes: AtomicBool::new(outer.is_some_and(|outer| outer.probes)),
            is_sample: estimates.is_sample(),
            under_way: (0..nodes).map(|_| AtomicU32::new(0)).collect(),
        }
    }

    /// The request is polled.
    pub(crate) fn turn(&self) -> Turn {
        Turn {
            estimates: Arc::clone(&self.estimates),
            after: self.after,
            node: Cell::default(),
        }
    }

    /// Polls a node's call. One that cannot be over in time, with all that comes after it, is not
    /// started.
    pub(crate) fn poll<F, T>(
        &self,
        node: usize,
        mut call: Pin<&mut Node<F>>,
        cx: &mut Context<'_>,
    ) -> Option<Result<T>>
    where
        F: Future<Output = Result<T>>,
    {
        if !call.is_under_way() {
            return None;
        }
        if !call.has_begun() {
            let now = self.began.elapsed();
            if let Some(error) = self.hopeless(node, now) {
                call.give_up();
                return Some(Err(error));
            }
            call.as_mut().begin(now);
            self.count(node, 1);
        }
        Turn::is_at(node, self.probes());
        let output = call.as_mut().poll(cx)?;
        self.count(node, u32::MAX); // one less
        if output.is_ok() && (self.is_sample || self.probes()) {
            let took = self.began.elapsed().saturating_sub(call.begun());
            self.estimates.learn(node, took);
        }
        Some(output)
    }

    fn hopeless(&self, node: usize, now: Duration) -> Option<Error> {
        let needs = match self.probes() {
            true => Duration::ZERO,
            false => self.estimates.takes(node) + self.estimates.after(node) + self.after,
        };
        let error = late(self.within.saturating_sub(now), needs)?;
        if now < self.within && self.estimates.probes() {
            self.probes.store(true, Ordering::Relaxed);
            return None;
        }
        Some(error)
    }

    fn probes(&self) -> bool {
        self.probes.load(Ordering::Relaxed)
    }

    /// Only the task that polls the request counts.
    fn count(&self, node: usize, calls: u32) {
        if let Some(under_way) = self.under_way.get(node) {
            let before = under_way.load(Ordering::Relaxed);
            under_way.store(before.wrapping_add(calls), Ordering::Relaxed);
        }
    }

    /// The first node that a call of is under way.
    pub(crate) fn waits_at(&self) -> Option<usize> {
        let mut nodes = self.under_way.iter();
        nodes.position(|calls| calls.load(Ordering::Relaxed) > 0)
    }

    /// The request has been answered.
    pub(crate) fn answered(&self) {
        self.estimates.answered();
    }
}
