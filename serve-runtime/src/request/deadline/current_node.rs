//! One poll of a request that has a deadline.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use pin_project_lite::pin_project;

use crate::request::deadline::{Estimates, RemainingWork, RequestClock};

tokio::task_local! {
    static CURRENT: CurrentNode;
}

/// What the calls that are made in one poll of a request can know of their node.
pub(crate) struct CurrentNode {
    pub(crate) estimates: Arc<Estimates>,
    /// What comes after the graph of these nodes.
    pub(crate) after: Duration,
    /// The node that is at work, and whether its request probes.
    pub(crate) node: Cell<(usize, bool)>,
}

impl CurrentNode {
    /// This node is at work from here on.
    pub(crate) fn set(node: usize, probes: bool) {
        // Outside of such a poll nobody asks.
        let _ = CURRENT.try_with(|current| current.node.set((node, probes)));
    }

    /// What is still to be done, from the node on that is at work.
    pub(crate) fn remaining_work() -> Option<RemainingWork> {
        let remaining = CURRENT.try_with(|current| {
            let (node, probes) = current.node.get();
            RemainingWork {
                estimates: Arc::clone(&current.estimates),
                node,
                after: current.after,
                probes,
            }
        });
        remaining.ok()
    }
}

pin_project! {
    /// The execution of a request. If it has a deadline, each poll knows its current node.
    pub(crate) struct Tracked<'t, F> {
        #[pin]
        execution: F,
        clock: Option<&'t RequestClock>,
    }
}

/// Executes a request, with its current node known if it has a clock.
#[inline]
pub(crate) fn tracked<F: Future>(clock: Option<&RequestClock>, execution: F) -> Tracked<'_, F> {
    Tracked { execution, clock }
}

impl<F: Future> Future for Tracked<'_, F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        match this.clock {
            None => this.execution.poll(cx),
            Some(clock) => CURRENT.sync_scope(clock.current_node(), || this.execution.poll(cx)),
        }
    }
}
