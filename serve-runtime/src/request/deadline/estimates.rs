//! The time that each node takes at its fastest, learnt from the requests that have a deadline.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use serve_topology::{Execution, Topology};
use tokio::time::Instant;

use crate::request::deadline::paths::Paths;
use crate::request::deadline::shortest_time::ShortestTime;
use crate::util::lock;

/// So many requests are all samples: the first ones, and those after a request was given up.
const REQUESTS: u32 = 64;
/// Of the others, one in so many is a sample: a sample reads the clock once more for each node.
const SAMPLES: u32 = 8;
/// Scatters the samples, as requests may alternate: the golden ratio of 32 bits.
const SCATTERS: u32 = 0x9e37_79b9;
/// One in so many of the hopeless requests is at least continued as a probe: only that shows whether an
/// estimate is still right.
const PROBES: u32 = 64;

/// The minimum time of each node of a graph, and of the work after it.
///
/// Both are conservative: the fastest of recent calls, and the least work that a request may still have. A request
/// is given up only if it would be late even then.
pub(crate) struct Estimates {
    topology: &'static Topology<'static>,
    nodes: Box<[Estimate]>,
    began: Instant,
    /// Requests that were answered.
    answered: AtomicU32,
    /// Until so many are, each request is a sample.
    samples_until: AtomicU32,
    /// Nodes that were not started because the deadline was out of reach, since an estimate was last corrected.
    hopeless: AtomicU32,
    paths: Mutex<Paths>,
    /// A call was faster than ever: the times after the nodes are too long.
    is_stale: AtomicBool,
}

/// Times in nanoseconds; 0 means unknown.
struct Estimate {
    takes: ShortestTime,
    after: AtomicU64,
}

impl Estimates {
    pub(crate) fn new(topology: &'static Topology<'static>) -> Self {
        let unknown = || Estimate {
            takes: ShortestTime::unknown(),
            after: AtomicU64::new(0),
        };
        Estimates {
            topology,
            nodes: topology.nodes.iter().map(|_| unknown()).collect(),
            began: Instant::now(),
            answered: AtomicU32::new(0),
            samples_until: AtomicU32::new(REQUESTS),
            hopeless: AtomicU32::new(0),
            paths: Mutex::new(Paths::new(topology)),
            is_stale: AtomicBool::new(false),
        }
    }

    /// The time of a call of the node.
    pub(crate) fn takes(&self, node: usize) -> Duration {
        let takes = self.nodes.get(node).map_or(0, |node| node.takes.get());
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
        let Some(estimate) = self.nodes.get(node) else {
            return;
        };
        let took = took.as_nanos().try_into().unwrap_or(u64::MAX);
        if estimate.takes.learn(took, || self.began.elapsed()) {
            self.hopeless.store(0, Ordering::Relaxed);
            self.is_stale.store(true, Ordering::Release);
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
        // If another thread is computing, its result is as good.
        if is_time && let Ok(paths) = self.paths.try_lock() {
            self.compute_after(paths);
        }
    }

    /// Counts what has been learnt meanwhile; returns whether there was anything.
    pub(crate) fn refresh(&self) -> bool {
        let was_stale = self.is_stale.load(Ordering::Acquire);
        if was_stale {
            self.compute_after(lock(&self.paths));
        }
        was_stale
    }

    #[cold]
    fn compute_after(&self, mut paths: MutexGuard<'_, Paths>) {
        self.is_stale.store(false, Ordering::Relaxed);
        let after = paths.after(self.topology, |node| self.nodes[node].takes.get());
        for (estimate, after) in self.nodes.iter().zip(after) {
            estimate.after.store(*after, Ordering::Relaxed);
        }
    }

    /// Whether the next request is a sample to learn from.
    pub(crate) fn is_sample(&self) -> bool {
        let answered = self.answered.load(Ordering::Relaxed);
        answered < self.samples_until.load(Ordering::Relaxed)
            || answered.wrapping_mul(SCATTERS) < u32::MAX / SAMPLES
    }

    /// Records that a request cannot meet its deadline; returns whether it continues as a probe.
    ///
    /// The second one does, and then fewer and fewer as long as no estimate turns out to be too long.
    pub(crate) fn probes(&self) -> bool {
        let until = self
            .answered
            .load(Ordering::Relaxed)
            .saturating_add(REQUESTS);
        self.samples_until.store(until, Ordering::Relaxed);
        let hopeless = self.hopeless.fetch_add(1, Ordering::Relaxed) + 1;
        hopeless.is_multiple_of(PROBES) || (hopeless > 1 && hopeless.is_power_of_two())
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
