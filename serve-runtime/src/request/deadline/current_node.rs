//! The current node, during one poll of a request that has a deadline.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use pin_project_lite::pin_project;
use tokio::time::Instant;

use crate::request::context;
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
    /// How long the calls of that node had waited when they were made in this poll, and those of all nodes.
    pub(crate) waited: Cell<Duration>,
    pub(crate) all_waited: Cell<Duration>,
}

/// Waits for the right to make a call: that time is not the call's own, as it may be another one the next time.
pub(crate) async fn before_a_call<F: Future>(wait: F) -> F::Output {
    let since = context::deadline().map(|_| Instant::now());
    let output = wait.await;
    if let Some(since) = since {
        CurrentNode::add_waited(since.elapsed());
    }
    output
}

impl CurrentNode {
    /// Sets the current node.
    pub(crate) fn set(node: usize, probes: bool) {
        // Outside of such a poll there is nothing to set.
        let _ = CURRENT.try_with(|current| {
            current.node.set((node, probes));
            current.waited.take();
        });
    }

    fn add_waited(time: Duration) {
        let _ = CURRENT.try_with(|current| {
            current.waited.set(current.waited.get() + time);
            current.all_waited.set(current.all_waited.get() + time);
        });
    }

    /// How long the calls of the current node had waited before they were made in this poll.
    pub(crate) fn take_waited() -> Duration {
        let waited = CURRENT.try_with(|current| current.waited.take());
        waited.unwrap_or_default()
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
            Some(clock) => {
                let current = clock.current_node();
                let (polled, waited) = CURRENT.sync_scope(current, || {
                    let polled = this.execution.poll(cx);
                    (polled, CURRENT.with(|current| current.all_waited.get()))
                });
                if !waited.is_zero() {
                    CurrentNode::add_waited(waited); // of a node of the graph around this one
                }
                polled
            }
        }
    }
}
