//! A request with a deadline, on its way through a graph.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::task::Context;
use std::time::Duration;

use tokio::time::Instant;

use super::{Ahead, Estimates, late};
use crate::private::Node;
use crate::{Error, Result};

/// Looks at the clock where a node starts and where it is over. Atomics only because requests move
/// between threads.
pub(crate) struct Timed {
    deadline: Instant,
    began: Instant,
    estimates: Arc<Estimates>,
    /// What comes after this graph, if a node of another one runs it.
    after: Duration,
    probes: AtomicBool,
    /// By node: calls that are under way.
    under_way: Box<[AtomicU32]>,
}

impl Timed {
    pub(crate) fn new(deadline: Instant, estimates: &Arc<Estimates>, nodes: usize) -> Self {
        let outer = Ahead::current();
        Timed {
            deadline,
            began: Instant::now(),
            estimates: Arc::clone(estimates),
            after: outer.as_ref().map_or(Duration::ZERO, Ahead::after_it),
            probes: AtomicBool::new(outer.is_some_and(|outer| outer.probes)),
            under_way: (0..nodes).map(|_| AtomicU32::new(0)).collect(),
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
            let now = Instant::now();
            if let Some(error) = self.hopeless(node, now) {
                call.give_up();
                return Some(Err(error));
            }
            call.as_mut().begin(now.duration_since(self.began));
            self.count(node, 1);
        }
        let ahead = Ahead {
            estimates: Arc::clone(&self.estimates),
            node,
            after: self.after,
            probes: self.probes.load(Ordering::Relaxed),
        };
        let output = ahead.sync_scope(|| call.as_mut().poll(cx))?;
        self.count(node, u32::MAX); // one less
        if output.is_ok() {
            let now = Instant::now().duration_since(self.began);
            self.estimates.learn(node, now.saturating_sub(call.begun()));
        }
        Some(output)
    }

    fn hopeless(&self, node: usize, now: Instant) -> Option<Error> {
        let needs = match self.probes.load(Ordering::Relaxed) {
            true => Duration::ZERO,
            false => self.estimates.takes(node) + self.estimates.after(node) + self.after,
        };
        let error = late(self.deadline, now, needs)?;
        if now < self.deadline && self.estimates.probes() {
            self.probes.store(true, Ordering::Relaxed);
            return None;
        }
        Some(error)
    }

    fn count(&self, node: usize, calls: u32) {
        if let Some(under_way) = self.under_way.get(node) {
            under_way.fetch_add(calls, Ordering::Relaxed);
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
