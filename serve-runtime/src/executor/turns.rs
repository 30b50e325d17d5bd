//! Which nodes of a region are polled, so that none of them starves the others.
//!
//! Tokio gives a task a budget for each poll. A node that always has something to read spends all of it every time:
//! for those after it, every timer, channel and lock of tokio seems to be pending, although it is ready. So a node
//! that has spent the budget is left out until all others have been polled with a budget.
//!
//! ```text
//! round 1, turn 1: a spends the budget           b c see none
//!          turn 2: (a is left out)     b spends it    c sees none
//!          turn 3: (a and b are left out)             c
//! round 2, turn 4: a spends the budget ..
//! ```
//!
//! Each turn of a round that is spent leaves out one node more, so a round has at most one turn more than nodes. A
//! request whose nodes do not wait has one turn, and looks for no budget.

use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};

use tokio::task::coop::has_budget_remaining;

/// The turns of one region: of a request, or of an item of a fan-out. A turn is one poll of the region.
///
/// Atomic only because requests move between threads: one thread at a time uses it.
#[derive(Debug)]
pub struct Turns {
    round: AtomicU32,
    /// What is known of this turn: the bits below.
    turn: AtomicU8,
}

/// There has been a turn.
const BEGUN: u8 = 1;
/// This turn began with a budget.
const HAD_BUDGET: u8 = 2;
/// A node has spent it.
const SPENT: u8 = 4;
/// In this round nodes are left out.
const LEFT_OUT: u8 = 8;

impl Turns {
    /// Before the first turn.
    #[inline]
    #[allow(clippy::new_without_default)] // only for generated code
    pub fn new() -> Self {
        Turns {
            round: AtomicU32::new(NEVER + 1),
            turn: AtomicU8::new(0),
        }
    }

    /// Begins a turn.
    #[inline]
    pub fn begin(&self) {
        match self.turn.load(Ordering::Relaxed) {
            // No node has spent anything, and most requests are over after it.
            0 => self.turn.store(BEGUN, Ordering::Relaxed),
            last => self.begin_after(last),
        }
    }

    fn begin_after(&self, last: u8) {
        let mut turn = BEGUN | (last & LEFT_OUT);
        if last & (HAD_BUDGET | SPENT | LEFT_OUT) == HAD_BUDGET | LEFT_OUT {
            // The last turn had enough for all that were not left out: now those have their turn.
            self.round.fetch_add(1, Ordering::Relaxed);
            turn = BEGUN;
        }
        if has_budget_remaining() {
            turn |= HAD_BUDGET;
        }
        self.turn.store(turn, Ordering::Relaxed);
    }

    /// Whether a node is left out in this turn.
    #[inline]
    pub(super) fn leave_out(&self, node: SpentIn) -> bool {
        node.0 == self.round.load(Ordering::Relaxed)
    }

    /// A node is pending: finds out whether it is the one that has spent the budget of this turn.
    #[inline]
    pub(super) fn pending(&self, node: &mut SpentIn) {
        let turn = self.turn.load(Ordering::Relaxed);
        if turn & (HAD_BUDGET | SPENT) == HAD_BUDGET && !has_budget_remaining() {
            self.turn.store(turn | SPENT | LEFT_OUT, Ordering::Relaxed);
            node.0 = self.round.load(Ordering::Relaxed);
        }
    }
}

/// The round in which a node has spent the budget.
#[derive(Clone, Copy, Debug)]
pub(super) struct SpentIn(u32);

const NEVER: u32 = 0;

impl SpentIn {
    #[inline]
    pub(super) fn never() -> Self {
        SpentIn(NEVER)
    }
}

#[cfg(test)]
mod tests {
    use std::future::{Future, poll_fn, ready};
    use std::pin::pin;
    use std::task::Poll;

    use tokio::task::coop::consume_budget;

    use super::*;
    use crate::executor::node::Node;

    /// Far more turns than any of these tests needs.
    const MANY: u32 = 1_000;

    /// Spends whatever budget there is, in every poll.
    async fn hog() {
        loop {
            consume_budget().await;
        }
    }

    /// Polls nodes in turns until all but the hogs have ended; returns how many turns that took.
    async fn turns_until_done<F: Future>(hogs: usize, others: Vec<F>) -> u32 {
        let mut hogs: Vec<_> = (0..hogs).map(|_| Box::pin(Node::new())).collect();
        hogs.iter_mut().for_each(|node| node.as_mut().start(hog()));
        let mut nodes: Vec<_> = others.iter().map(|_| Box::pin(Node::new())).collect();
        for (node, call) in nodes.iter_mut().zip(others) {
            node.as_mut().start(call);
        }
        let (turns, mut taken) = (Turns::new(), 0);
        let run = poll_fn(|cx| {
            taken += 1;
            assert!(taken < MANY, "it starves");
            turns.begin();
            for node in &mut hogs {
                assert!(node.as_mut().poll(&turns, cx).is_none());
            }
            let mut done = true;
            for node in &mut nodes {
                node.as_mut().poll(&turns, cx);
                done &= !node.as_mut().is_in_flight();
            }
            match done {
                true => Poll::Ready(()),
                false => Poll::Pending,
            }
        });
        run.await;
        taken
    }

    async fn needs_budget(times: u32) {
        for _ in 0..times {
            consume_budget().await;
        }
    }

    #[tokio::test]
    async fn a_node_makes_progress_in_every_round() {
        for hogs in 1..4 {
            let taken = turns_until_done(hogs, vec![needs_budget(1)]).await;
            assert_eq!(taken as usize, 2 + hogs, "the first turn is not looked at");
        }
    }

    #[tokio::test]
    async fn nodes_that_spend_the_budget_one_after_another_all_make_progress() {
        // More than the budget of a whole turn.
        let taken = turns_until_done(1, vec![needs_budget(300), needs_budget(300)]).await;
        assert!(taken < 20, "{taken}");
    }

    #[tokio::test]
    async fn a_turn_without_a_budget_of_its_own_leaves_out_no_node() {
        // Every other turn begins without a budget, as the task has something else to do first.
        let mut all = pin!(turns_until_done(1, vec![needs_budget(1)]));
        let (mut spender, mut polls) = (pin!(hog()), 0);
        let taken = poll_fn(|cx| {
            polls += 1;
            if polls % 2 == 0 {
                assert!(spender.as_mut().poll(cx).is_pending());
            }
            all.as_mut().poll(cx)
        });
        assert!(taken.await < 10);
    }

    #[tokio::test]
    async fn a_node_that_waits_for_something_else_is_never_left_out() {
        let turns = Turns::new();
        let mut node = pin!(Node::new());
        node.as_mut().start(std::future::pending::<()>());
        let mut polled = 0;
        poll_fn(|cx| {
            turns.begin();
            node.as_mut().poll(&turns, cx);
            polled += 1;
            cx.waker().wake_by_ref();
            match polled {
                10 => Poll::Ready(()),
                _ => Poll::Pending,
            }
        })
        .await;
        assert_eq!(turns.round.load(Ordering::Relaxed), NEVER + 1);
        ready(()).await;
    }
}
