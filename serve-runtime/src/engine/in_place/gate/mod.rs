//! The limit of in-place replicas: how many calls one has, and the line in front of a deployment.
//!
//! A call that finds no waiting call and a replica with room takes the replica at once: that costs one load beside the
//! replica's own counter. Every other call waits in line, first come first served; the line is bounded, and a
//! call that finds it full is refused at once.

use std::pin::pin;

use tokio::time::timeout_at;

use crate::request::context::deadline;
use crate::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use crate::sync::{Notify, Turn};

/// Why a call was not let in.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// As many calls as may wait are waiting.
    Full,
    /// The gate was closed.
    Closed,
    /// The call's deadline has passed.
    Late,
}

/// How many calls that have a limit to keep one replica has in flight.
#[derive(Debug)]
pub(crate) struct LimitedCalls(AtomicU32);

impl LimitedCalls {
    pub(crate) fn new() -> Self {
        LimitedCalls(AtomicU32::new(0))
    }

    /// Counts a call in, unless there are `limit`. One that is not let in has not been counted for a moment
    /// either: the head of the line would take that for a call, and wait for its end for ever.
    #[inline]
    pub(crate) fn try_add(&self, limit: u32) -> bool {
        let one_more = |calls: u32| (calls < limit).then_some(calls + 1);
        let added = self
            .0
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_more);
        added.is_ok()
    }

    /// Counts a call out.
    #[inline]
    pub(crate) fn remove(&self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// The line. It only says when a call may look for a replica with room; the room itself is counted elsewhere.
#[derive(Debug)]
pub(crate) struct Gate {
    waiting: AtomicU32,
    /// How many calls that waited have been let in.
    begun: AtomicU64,
    /// Held by the head of the line. tokio's mutex is passed on in the order of asking.
    turn: Turn<()>,
    /// Wakes the head when there may be room.
    room: Notify,
    /// Wakes those that wait until the line is empty.
    emptied: Notify,
    closed: AtomicBool,
}

impl Gate {
    pub(crate) fn new() -> Self {
        Gate {
            waiting: AtomicU32::new(0),
            begun: AtomicU64::new(0),
            turn: Turn::new(()),
            room: Notify::new(),
            emptied: Notify::new(),
            closed: AtomicBool::new(false),
        }
    }

    /// Takes what `take` finds, if no call waits.
    #[inline(always)]
    pub(crate) fn try_enter<P>(&self, take: impl Fn() -> Option<P>) -> Option<P> {
        match self.waiting.load(Ordering::SeqCst) {
            0 => take(),
            _ => None,
        }
    }

    /// Takes what `take` finds when it is this call's turn, unless `max_waiting` wait already. A request waits
    /// no longer than its deadline.
    pub(crate) async fn wait<P>(
        &self,
        max_waiting: u32,
        take: impl Fn() -> Option<P>,
    ) -> Result<P, Refused> {
        let wait = self.wait_in_line(max_waiting, take);
        match deadline() {
            Some(deadline) => timeout_at(deadline, wait)
                .await
                .unwrap_or(Err(Refused::Late)),
            None => wait.await,
        }
    }

    /// No room is lost between `take` and the wait for it: this call counts as waiting before it looks for
    /// room, and `notify_room` looks for waiting calls after the room is there. Both are sequentially
    /// consistent, so at least one of the two sees the other.
    async fn wait_in_line<P>(
        &self,
        max_waiting: u32,
        take: impl Fn() -> Option<P>,
    ) -> Result<P, Refused> {
        let _in_line = InLine::join(self, max_waiting)?;
        let _turn = self.turn.lock().await;
        loop {
            let mut room = pin!(self.room.notified());
            room.as_mut().enable();
            if self.closed.load(Ordering::SeqCst) {
                self.room.notify_one(); // the next in line has to leave as well
                return Err(Refused::Closed);
            }
            if let Some(taken) = take() {
                self.begun.fetch_add(1, Ordering::Relaxed);
                return Ok(taken);
            }
            room.await;
        }
    }

    /// A call has ended, or there are more replicas, or a higher limit.
    #[inline]
    pub(crate) fn notify_room(&self) {
        if self.waiting.load(Ordering::SeqCst) > 0 {
            self.room.notify_one();
        }
    }

    /// How many calls that waited have been let in.
    pub(crate) fn begun(&self) -> u64 {
        self.begun.load(Ordering::Relaxed)
    }

    /// How many calls wait.
    #[inline]
    pub(crate) fn waiting(&self) -> u32 {
        self.waiting.load(Ordering::SeqCst)
    }

    /// Waits until no call waits in line.
    pub(crate) async fn wait_empty(&self) {
        loop {
            let emptied = self.emptied.notified();
            if self.waiting() == 0 {
                return;
            }
            emptied.await;
        }
    }

    /// Refuses the calls that wait. Calls that come later have to be refused elsewhere.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        self.room.notify_one();
    }

    /// Lets waiting calls in again.
    pub(crate) fn open(&self) {
        self.closed.store(false, Ordering::SeqCst);
    }
}

/// A call's place in the line; given up when the call gets a replica or is dropped.
struct InLine<'a>(&'a Gate);

impl<'a> InLine<'a> {
    fn join(gate: &'a Gate, max_waiting: u32) -> Result<Self, Refused> {
        let one_more = |waiting| (waiting < max_waiting).then_some(waiting + 1);
        gate.waiting
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_more)
            .map(|_| InLine(gate))
            .map_err(|_| Refused::Full)
    }
}

impl Drop for InLine<'_> {
    fn drop(&mut self) {
        if self.0.waiting.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.0.emptied.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests;
