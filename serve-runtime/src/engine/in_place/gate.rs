//! The limit of in-place replicas: how many calls one has, and the line in front of a deployment.
//!
//! A call that finds nobody waiting and a replica with room just takes it: that costs one load beside the
//! replica's own counter. Every other call waits in line, first come first served; the line is bounded, and a
//! call that finds it full is refused at once.

use std::pin::pin;

use tokio::time::timeout_at;

use crate::request::context::deadline;
use crate::sync::atomic::{AtomicBool, AtomicU32, Ordering};
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
            turn: Turn::new(()),
            room: Notify::new(),
            emptied: Notify::new(),
            closed: AtomicBool::new(false),
        }
    }

    /// Takes what `take` finds, if no call waits.
    #[inline]
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

    /// How many calls wait.
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
mod tests {
    use super::*;
    use futures_util::FutureExt;
    use std::sync::Arc;

    /// A gate in front of something that takes so many calls at a time.
    struct Limited {
        gate: Gate,
        max_waiting: u32,
        free: AtomicU32,
    }

    impl Limited {
        fn new(limit: u32, max_waiting: u32) -> Self {
            Limited {
                gate: Gate::new(),
                max_waiting,
                free: AtomicU32::new(limit),
            }
        }

        async fn enter(&self) -> Result<Running<'_>, Refused> {
            match self.gate.try_enter(|| self.take()) {
                Some(call) => Ok(call),
                None => self.gate.wait(self.max_waiting, || self.take()).await,
            }
        }

        fn take(&self) -> Option<Running<'_>> {
            let one_less = |free: u32| free.checked_sub(1);
            let taken = self
                .free
                .fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less);
            taken.ok().map(|_| Running(self))
        }
    }

    #[derive(Debug)]
    struct Running<'a>(&'a Limited);

    impl std::fmt::Debug for Limited {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("Limited")
        }
    }

    impl Drop for Running<'_> {
        fn drop(&mut self) {
            self.0.free.fetch_add(1, Ordering::SeqCst);
            self.0.gate.notify_room();
        }
    }

    #[tokio::test]
    async fn one_waits_and_the_next_is_refused() {
        let limited = Limited::new(1, 1);
        let running = limited.enter().await.unwrap();
        let mut waiting = pin!(limited.enter());
        assert!(waiting.as_mut().now_or_never().is_none());
        assert_eq!(limited.enter().await.unwrap_err(), Refused::Full);
        drop(running);
        assert!(waiting.await.is_ok());
    }

    #[tokio::test]
    async fn a_later_call_does_not_overtake() {
        let limited = Limited::new(1, 2);
        let running = limited.enter().await.unwrap();
        let mut first = pin!(limited.enter());
        let mut second = pin!(limited.enter());
        assert!(first.as_mut().now_or_never().is_none());
        assert!(second.as_mut().now_or_never().is_none());
        drop(running);
        assert!(second.as_mut().now_or_never().is_none());
        let running = first.now_or_never().unwrap().unwrap();
        drop(running);
        assert!(second.now_or_never().unwrap().is_ok());
    }

    #[tokio::test]
    async fn a_dropped_call_gives_up_its_turn() {
        let limited = Limited::new(1, 2);
        let running = limited.enter().await.unwrap();
        let mut second = {
            let mut dropped = Box::pin(limited.enter());
            assert!(dropped.as_mut().now_or_never().is_none());
            let mut second = Box::pin(limited.enter());
            assert!(second.as_mut().now_or_never().is_none());
            drop(running); // wakes the head, which is dropped before it is polled
            second
        };
        assert!(second.as_mut().now_or_never().unwrap().is_ok());
        assert_eq!(limited.gate.waiting.load(Ordering::SeqCst), 0);
    }

    #[tokio::test]
    async fn a_closed_gate_refuses_every_call_in_line() {
        let limited = Limited::new(1, 2);
        let _running = limited.enter().await.unwrap();
        let mut first = pin!(limited.enter());
        let mut second = pin!(limited.enter());
        assert!(first.as_mut().now_or_never().is_none());
        assert!(second.as_mut().now_or_never().is_none());
        limited.gate.close();
        assert_eq!(first.await.unwrap_err(), Refused::Closed);
        assert_eq!(second.await.unwrap_err(), Refused::Closed);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn no_call_is_forgotten_and_there_are_never_too_many() {
        let limited = Arc::new(Limited::new(3, u32::MAX));
        let running = Arc::new(AtomicU32::new(0));
        let calls: Vec<_> = (0..2_000)
            .map(|_| {
                let (limited, running) = (Arc::clone(&limited), Arc::clone(&running));
                tokio::spawn(async move {
                    let _call = limited.enter().await.unwrap();
                    assert!(running.fetch_add(1, Ordering::SeqCst) < 3);
                    tokio::task::yield_now().await;
                    running.fetch_sub(1, Ordering::SeqCst);
                })
            })
            .collect();
        for call in calls {
            call.await.unwrap();
        }
        assert_eq!(limited.free.load(Ordering::SeqCst), 3);
    }
}
