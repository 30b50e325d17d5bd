//! The limit of in-place replicas: how many calls one has, and the line in front of a deployment.
//!
//! A call that finds no waiting call and a replica with room takes the replica at once: that costs one load beside the
//! replica's own counter. Every other call waits in line, first come first served; the line is bounded, and a
//! call that finds it full is refused at once. A call that its caller polls no more keeps no other from its turn
//! ([`Gate::skip_unpolled`]).

mod waiting_calls;

use std::future::poll_fn;
use std::task::{Poll, Waker};

use tokio::time::timeout_at;

use self::waiting_calls::{Place, WaitingCalls};
use crate::request::context::deadline;
use crate::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use crate::sync::{Mutex, MutexGuard, Notify, lock};

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
    /// How many calls are in line. Changed with `calls`, but for a call that joins: it is counted first.
    waiting: AtomicU32,
    /// How many calls that waited have been let in.
    begun: AtomicU64,
    calls: Mutex<WaitingCalls>,
    /// Wakes those that wait until the line is empty.
    emptied: Notify,
    closed: AtomicBool,
}

impl Gate {
    pub(crate) fn new() -> Self {
        Gate {
            waiting: AtomicU32::new(0),
            begun: AtomicU64::new(0),
            calls: Mutex::new(WaitingCalls::default()),
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
    /// no longer than its deadline. `joined` is called when the call is in line, and again when it has been skipped
    /// meanwhile.
    pub(crate) async fn wait<P>(
        &self,
        max_waiting: u32,
        joined: impl Fn(),
        take: impl Fn() -> Option<P>,
    ) -> Result<P, Refused> {
        let wait = self.wait_in_line(max_waiting, joined, take);
        match deadline() {
            Some(deadline) => timeout_at(deadline, wait)
                .await
                .unwrap_or(Err(Refused::Late)),
            None => wait.await,
        }
    }

    async fn wait_in_line<P>(
        &self,
        max_waiting: u32,
        joined: impl Fn(),
        take: impl Fn() -> Option<P>,
    ) -> Result<P, Refused> {
        let in_line = InLine::join(self, max_waiting)?;
        joined();
        poll_fn(|cx| in_line.poll(cx.waker(), &joined, &take)).await
    }

    /// A call has ended, or there are more replicas, or a higher limit.
    #[inline]
    pub(crate) fn notify_room(&self) {
        if self.waiting.load(Ordering::SeqCst) > 0 {
            self.wake_first();
        }
    }

    #[inline(never)]
    fn wake_first(&self) {
        let first = self.calls().wake_first();
        first.into_iter().for_each(Waker::wake);
    }

    /// To be called from time to time while calls wait: lets others go before those that were woken before the last
    /// time, and have not been polled since. These are in line again when they are polled. Whether no call waits after
    /// that.
    pub(crate) fn skip_unpolled(&self) -> bool {
        let mut calls = self.calls();
        let skipped = calls.skip();
        if skipped == 0 {
            return false;
        }
        let is_empty = self.waiting.fetch_sub(skipped, Ordering::SeqCst) == skipped;
        // All of them, so that those which are not polled are found together.
        let others = calls.wake_all();
        drop(calls);
        others.into_iter().for_each(Waker::wake);
        if is_empty {
            self.emptied.notify_waiters();
        }
        is_empty
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
        let all = self.calls().wake_all();
        all.into_iter().for_each(Waker::wake);
    }

    /// Lets waiting calls in again.
    pub(crate) fn open(&self) {
        self.closed.store(false, Ordering::SeqCst);
    }

    fn calls(&self) -> MutexGuard<'_, WaitingCalls> {
        lock(&self.calls)
    }
}

/// A call's place in the line; given up when the call gets a replica or is dropped.
struct InLine<'a> {
    gate: &'a Gate,
    place: Place,
}

impl<'a> InLine<'a> {
    fn join(gate: &'a Gate, max_waiting: u32) -> Result<Self, Refused> {
        let one_more = |waiting| (waiting < max_waiting).then_some(waiting + 1);
        let joined = gate
            .waiting
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_more);
        joined.map_err(|_| Refused::Full)?;
        let place = gate.calls().join();
        Ok(InLine { gate, place })
    }

    /// No room is lost between `take` and the wait for it: this call counts as waiting, and can be woken, before it
    /// looks for room, and `notify_room` looks for waiting calls after the room is there. Both are sequentially
    /// consistent, so at least one of the two sees the other.
    ///
    /// Nor is it lost with a call that was woken for it: the call that leaves the first place wakes the next one, and one
    /// that gets an old place back, so that the woken one is not the first, looks for room itself.
    fn poll<P>(
        &self,
        waker: &Waker,
        joined: impl Fn(),
        take: impl Fn() -> Option<P>,
    ) -> Poll<Result<P, Refused>> {
        let gate = self.gate;
        let mut calls = gate.calls();
        let polled = calls.polled(self.place, waker);
        if polled.had_been_skipped {
            gate.waiting.fetch_add(1, Ordering::SeqCst);
        }
        drop(calls);
        if polled.had_been_skipped {
            joined();
        }
        if gate.closed.load(Ordering::SeqCst) {
            return Poll::Ready(Err(Refused::Closed));
        }
        let taken = polled.is_first.then(take).flatten();
        if taken.is_some() {
            gate.begun.fetch_add(1, Ordering::Relaxed);
        }
        taken.map_or(Poll::Pending, |taken| Poll::Ready(Ok(taken)))
    }
}

impl Drop for InLine<'_> {
    fn drop(&mut self) {
        let gate = self.gate;
        let mut calls = gate.calls();
        let left = calls.leave(self.place);
        let is_empty = left.was_in_line && gate.waiting.fetch_sub(1, Ordering::SeqCst) == 1;
        drop(calls);
        left.next.into_iter().for_each(Waker::wake);
        if is_empty {
            gate.emptied.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests;
