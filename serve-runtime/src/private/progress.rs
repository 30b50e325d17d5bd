//! Where a request is, for naming the node that panics.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Context;

use super::node::Node;

/// What looks on while a request is executed.
pub trait Watch: Send + Sync {
    /// A node is at work from here until [`At::passed`].
    fn at(&self, node: usize) -> At<'_>;

    /// Polls a node's call; what it came to, once it has.
    fn poll<F: Future>(
        &self,
        node: usize,
        call: Pin<&mut Node<F>>,
        cx: &mut Context<'_>,
    ) -> Option<F::Output>;
}

/// The node that a request panicked in. An atomic only because requests move between threads.
#[derive(Debug)]
pub struct Progress(AtomicUsize);

/// Says which node is at work; nothing is written unless it panics.
#[must_use]
pub struct At<'p> {
    progress: &'p Progress,
    node: usize,
}

impl Progress {
    /// Before the first node.
    #[inline]
    #[allow(clippy::new_without_default)] // for generated code and benchmarks alone
    pub fn new() -> Self {
        Progress(AtomicUsize::new(usize::MAX))
    }

    /// The node that panicked: an index into the topology's nodes; out of range if it was none.
    pub(crate) fn node(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

impl Watch for Progress {
    #[inline]
    fn at(&self, node: usize) -> At<'_> {
        At {
            progress: self,
            node,
        }
    }

    #[inline]
    fn poll<F: Future>(
        &self,
        _node: usize,
        call: Pin<&mut Node<F>>,
        cx: &mut Context<'_>,
    ) -> Option<F::Output> {
        call.poll(cx)
    }
}

impl At<'_> {
    /// The node did not panic.
    #[inline]
    pub fn passed(self) {
        std::mem::forget(self);
    }
}

impl Drop for At<'_> {
    /// Reached only by unwinding.
    fn drop(&mut self) {
        self.progress.0.store(self.node, Ordering::Relaxed);
    }
}
