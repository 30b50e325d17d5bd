//! The current node, during one poll of a request that has a deadline.

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

/// The node of the calls that are made in one poll of a request, and the time estimates.
pub(crate) struct CurrentNode {
    pub(crate) estimates: Arc<Estimates>,
    /// The time of the work after the graph of these nodes.
    pub(crate) after: Duration,
    /// The current node, and whether its request is a probe.
    pub(crate) node: Cell<(usize, bool)>,
}

impl CurrentNode {
    /// Sets the current node.
    pub(crate) fn set(node: usize, probes: bool) {
        // Outside of such a poll there is nothing to set.
        let _ = CURRENT.try_with(|current| current.node.set((node, probes)));
    }

    /// The remaining work, from the current node on.
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
    /// The execution of a request. If it has a deadline, each poll sets the current node.
    pub(crate) struct Tracked<'t, F> {
        #[pin]
        execution: F,
        clock: Option<&'t RequestClock>,
    }
}

/// Executes a request; if it has a clock, each poll sets the current node.
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
