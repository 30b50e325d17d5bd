//! Estimates of the minimum time of each node, learnt from the requests that have a deadline.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use serve_topology::{Execution, Topology};

use crate::request::deadline::paths::Paths;

/// The number of calls before an estimate counts: the first calls of a replica may be slow.
const LEARNT: u32 = 8;
/// The fraction by which an estimate moves up to a slower call: a minimum that adapts.
const FORGETS: u64 = 32;
/// After the first [`REQUESTS`] requests, one request in so many is a sample: a sample reads the clock once more
/// for each node.
const SAMPLES: u32 = 8;
/// The times after each node are recomputed once in so many requests.
const REQUESTS: u32 = 64;
/// One in so many of the hopeless requests is continued as a probe: only that shows whether an
/// estimate is still right.
const PROBES: u32 = 64;

/// The minimum time of each node of a graph, and of the work after it.
///
/// Both are conservative: the quickest of recent calls, and the least work that a request may still have.
/// So no request is given up that would have been in time.
pub(crate) struct Estimates {
    topology: &'static Topology<'static>,
    nodes: Box<[Estimate]>,
    /// Requests that were answered.
    answered: AtomicU32,
    /// Nodes that were not started because the deadline was out of reach.
    hopeless: AtomicU32,
    paths: Mutex<Paths>,
}

/// All times are in nanoseconds; 0 means unknown.
#[derive(Default)]
struct Estimate {
    takes: AtomicU64,
    calls: AtomicU32,
    after: AtomicU64,
}

impl Estimates {
    pub(crate) fn new(topology: &'static Topology<'static>) -> Self {
        Estimates {
            topology,
            nodes: topology.nodes.iter().map(|_| Estimate::default()).collect(),
            answered: AtomicU32::new(0),
            hopeless: AtomicU32::new(0),
            paths: Mutex::new(Paths::new(topology)),
        }
    }

    /// The time of a call of the node.
    pub(crate) fn takes(&self, node: usize) -> Duration {
        let takes = self.nodes.get(node).map_or(0, Estimate::takes);
        Duration::from_nanos(takes)
    }

    /// The time of a call of the node after it has left the queue; unknown for a node without a queue.
    pub(crate) fn served(&self, node: usize) -> Duration {
        match self.is_queued(node) {
            true => self.takes(node),
            false => Duration::ZERO,
        }
    }

    /// The time of the work after the node.
    pub(crate) fn after(&self, node: usize) -> Duration {
        let after = self
            .nodes
            .get(node)
            .map(|it| it.after.load(Ordering::Relaxed));
        Duration::from_nanos(after.unwrap_or(0))
    }

    /// Records a finished call of the node, which took that long from its start.
    pub(crate) fn learn(&self, node: usize, took: Duration) {
        // The time that a call waits in a queue says nothing about the call itself.
        if !self.is_queued(node) {
            self.learn_any(node, took);
        }
    }

    /// Records a call of the node at a replica, which took that long there.
    pub(crate) fn learn_served(&self, node: usize, took: Duration) {
        // A call that a node in place makes through a handle is part of the node's own time.
        if self.is_queued(node) {
            self.learn_any(node, took);
        }
    }

    fn learn_any(&self, node: usize, took: Duration) {
        if let Some(estimate) = self.nodes.get(node) {
            estimate.learn(took.as_nanos().try_into().unwrap_or(u64::MAX));
        }
    }

    fn is_queued(&self, node: usize) -> bool {
        let node = self.topology.nodes.get(node);
        node.is_some_and(|node| node.method.execution == Execution::Compute)
    }

    /// Records that a request has been answered; from time to time this recomputes the times after each node.
    pub(crate) fn answered(&self) {
        let answered = self.answered.fetch_add(1, Ordering::Relaxed) + 1;
        let is_time = match answered <= REQUESTS {
            true => answered.is_power_of_two(),
            false => answered.is_multiple_of(REQUESTS),
        };
        // If another thread is recomputing, its result is as good.
        if is_time && let Ok(mut paths) = self.paths.try_lock() {
            let after = paths.after(self.topology, |node| self.nodes[node].takes());
            for (estimate, after) in self.nodes.iter().zip(after) {
                estimate.after.store(*after, Ordering::Relaxed);
            }
        }
    }

    /// Whether the next request is a sample to learn from.
    pub(crate) fn is_sample(&self) -> bool {
        let answered = self.answered.load(Ordering::Relaxed);
        answered < REQUESTS || answered.is_multiple_of(SAMPLES)
    }

    /// Records that a request cannot meet its deadline; returns whether it continues as a probe.
    pub(crate) fn probes(&self) -> bool {
        let hopeless = self.hopeless.fetch_add(1, Ordering::Relaxed) + 1;
        hopeless.is_multiple_of(PROBES)
    }
}

impl Estimate {
    fn takes(&self) -> u64 {
        match self.calls.load(Ordering::Relaxed) >= LEARNT {
            true => self.takes.load(Ordering::Relaxed),
            false => 0,
        }
    }

    /// Not atomic as a whole: of two calls that end at the same time one may be lost, which does no harm.
    fn learn(&self, took: u64) {
        let before = self.takes.load(Ordering::Relaxed);
        let calls = self.calls.load(Ordering::Relaxed);
        let takes = match calls > 0 && before < took {
            true => before + (took - before) / FORGETS,
            false => took,
        };
        self.takes.store(takes, Ordering::Relaxed);
        self.calls.store(calls.saturating_add(1), Ordering::Relaxed);
    }
}

impl std::fmt::Debug for Estimates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let nodes = (0..self.nodes.len()).map(|node| {
            let name = self.topology.nodes[node].name;
            (name, (self.takes(node), self.after(node)))
        });
        f.debug_map().entries(nodes).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_estimate_is_the_quickest_call_after_enough_calls() {
        let estimate = Estimate::default();
        for took in [900, 320, 640, 320, 320, 320, 320] {
            estimate.learn(took);
            assert_eq!(estimate.takes(), 0);
        }
        estimate.learn(100);
        assert_eq!(estimate.takes(), 100);
    }

    #[test]
    fn an_estimate_adapts_to_slower_calls() {
        let estimate = Estimate::default();
        for _ in 0..8 {
            estimate.learn(100);
        }
        estimate.learn(3_300);
        assert_eq!(estimate.takes(), 200);
        for _ in 0..400 {
            estimate.learn(3_300);
        }
        assert!(estimate.takes() > 3_200);
        estimate.learn(50);
        assert_eq!(estimate.takes(), 50);
    }
}
