//! One poll of a request that has a deadline.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use pin_project_lite::pin_project;

use crate::request::deadline::{Ahead, Estimates, Timed};

tokio::task_local! {
    static TURN: Turn;
}

/// What the calls that are made in this poll can know of their node.
pub(crate) struct Turn {
    pub(crate) estimates: Arc<Estimates>,
    /// What comes after the graph of these nodes.
    pub(crate) after: Duration,
    /// The node that is at work, and whether its request probes.
    pub(crate) node: Cell<(usize, bool)>,
}

impl Turn {
    /// This node is at work from here on.
    pub(crate) fn is_at(node: usize, probes: bool) {
        // Outside of any turn nobody asks.
        let _ = TURN.try_with(|turn| turn.node.set((node, probes)));
    }

    /// What the node that is at work has ahead of it.
    pub(crate) fn ahead() -> Option<Ahead> {
        let ahead = TURN.try_with(|turn| {
            let (node, probes) = turn.node.get();
            Ahead {
                estimates: Arc::clone(&turn.estimates),
                node,
                after: turn.after,
                probes,
            }
        });
        ahead.ok()
    }
}

pin_project! {
    /// The execution of a request, whose polls are turns if it has a deadline.
    pub(crate) struct Turns<'t, F> {
        #[pin]
        execution: F,
        timed: Option<&'t Timed>,
    }
}

/// Executes a request in turns.
#[inline]
pub(crate) fn turns<F: Future>(timed: Option<&Timed>, execution: F) -> Turns<'_, F> {
    Turns { execution, timed }
}

impl<F: Future> Future for Turns<'_, F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        match this.timed {
            None => this.execution.poll(cx),
            Some(timed) => TURN.sync_scope(timed.turn(), || this.execution.poll(cx)),
        }
    }
}
