//! The progress of a request: names the node that panics, and keeps deadlines.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Context;

use crate::Result;
use crate::executor::call::at_node;
use crate::executor::node::Node;
use crate::executor::turns::Turns;
use crate::request::deadline::RequestClock;

/// Observes the execution of a request.
pub trait Watch: Send + Sync {
    /// Sets the current node, until [`At::poll`].
    fn at(&self, node: usize) -> At<'_>;

    /// Polls a node's call; returns its output, once it has one.
    fn poll<F, T>(
        &self,
        node: usize,
        call: Pin<&mut Node<F>>,
        turns: &Turns,
        cx: &mut Context<'_>,
    ) -> Option<Result<T>>
    where
        F: Future<Output = Result<T>>;
}

/// The progress of a request.
pub struct Progress {
    /// The node that panicked. An atomic only because requests move between threads.
    panicked: AtomicUsize,
    /// Present if the request has a deadline.
    clock: Option<Box<RequestClock>>,
}

/// Marks a node as the current one; writes its index only if it panics.
#[must_use]
pub struct At<'p> {
    progress: &'p Progress,
    node: usize,
}

impl Progress {
    /// The progress before the first node.
    #[inline]
    #[allow(clippy::new_without_default)] // only for generated code and benchmarks
    pub fn new() -> Self {
        Progress::with_clock(None)
    }

    /// The progress before the first node, of a request that may have a deadline.
    #[inline]
    pub(crate) fn with_clock(clock: Option<Box<RequestClock>>) -> Self {
        Progress {
            panicked: AtomicUsize::new(usize::MAX),
            clock,
        }
    }

    /// The node that panicked: an index into the topology's nodes; out of range if no node panicked.
    pub(crate) fn node(&self) -> usize {
        self.panicked.load(Ordering::Relaxed)
    }

    /// The clock of the request, if it has a deadline.
    #[inline]
    pub(crate) fn clock(&self) -> Option<&RequestClock> {
        self.clock.as_deref()
    }

    /// The node that a request with a deadline waits for.
    pub(crate) fn waits_at(&self) -> Option<usize> {
        self.clock.as_ref()?.waits_at()
    }

    /// Records that the request has been answered.
    #[inline]
    pub(crate) fn answered(&self) {
        if let Some(clock) = &self.clock {
            clock.answered();
        }
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

    #[inline(always)]
    fn poll<F, T>(
        &self,
        node: usize,
        call: Pin<&mut Node<F>>,
        turns: &Turns,
        cx: &mut Context<'_>,
    ) -> Option<Result<T>>
    where
        F: Future<Output = Result<T>>,
    {
        match &self.clock {
            None => call.poll(turns, cx),
            Some(clock) => poll_by(clock, node, call, turns, cx),
        }
    }
}

/// Polls a call of a request that has a deadline. A call that cannot finish in time is not made.
#[inline(never)]
fn poll_by<F, T>(
    clock: &RequestClock,
    node: usize,
    mut call: Pin<&mut Node<F>>,
    turns: &Turns,
    cx: &mut Context<'_>,
) -> Option<Result<T>>
where
    F: Future<Output = Result<T>>,
{
    if !call.is_in_flight() {
        return None;
    }
    if !call.has_begun() {
        match clock.start(node) {
            Ok(now) => call.as_mut().begin(now),
            Err(error) => {
                call.give_up();
                return Some(Err(error));
            }
        }
    }
    clock.poll(node);
    let output = call.as_mut().poll(turns, cx);
    let waited = clock.waited();
    if !waited.is_zero() {
        let begun = call.begun() + waited;
        call.as_mut().begin(begun);
    }
    let output = output?;
    clock.end(node, call.begun(), output.is_ok());
    Some(output)
}

impl At<'_> {
    /// Polls the node's call: returns its output, once it has one. The node is no longer the current one then.
    #[inline(always)]
    #[expect(clippy::mem_forget, reason = "its drop says that the node panicked")]
    pub fn poll<F, T>(
        self,
        watch: &impl Watch,
        name: &str,
        call: Pin<&mut Node<F>>,
        turns: &Turns,
        cx: &mut Context<'_>,
    ) -> Result<Option<T>>
    where
        F: Future<Output = Result<T>>,
    {
        let polled = watch.poll(self.node, call, turns, cx);
        std::mem::forget(self); // the node did not panic
        match polled {
            None => Ok(None),
            Some(Ok(value)) => Ok(Some(value)),
            Some(Err(error)) => Err(at_node(error, name)),
        }
    }
}

impl Drop for At<'_> {
    /// Reached only by unwinding.
    fn drop(&mut self) {
        self.progress.panicked.store(self.node, Ordering::Relaxed);
    }
}
