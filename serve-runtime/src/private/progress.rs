//! Where a request is, for naming the node that panics.

use std::sync::atomic::{AtomicUsize, Ordering};

/// The node that a request works on now. An atomic only because the request moves between threads.
#[derive(Debug)]
pub struct Progress(AtomicUsize);

impl Progress {
    /// Before the first node.
    #[inline]
    #[allow(clippy::new_without_default)] // for generated code and benchmarks alone
    pub fn new() -> Self {
        Progress(AtomicUsize::new(usize::MAX))
    }

    /// Says which node is at work from here on.
    #[inline]
    pub fn at(&self, node: usize) {
        self.0.store(node, Ordering::Relaxed);
    }

    /// The node at work: an index into the topology's nodes; out of range between nodes.
    pub(crate) fn node(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}
