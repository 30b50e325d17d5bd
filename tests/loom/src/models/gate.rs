//! Calls that wait for a replica with a limit.

use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use loom::future::block_on;
use loom::sync::Arc;
use loom::thread;

use super::check;
use crate::gate::{Gate, LimitedCalls, Refused};

/// A gate in front of a replica.
struct Limited {
    gate: Gate,
    calls: LimitedCalls,
    limit: u32,
}

impl Limited {
    fn new(limit: u32) -> Arc<Self> {
        Arc::new(Limited {
            gate: Gate::new(),
            calls: LimitedCalls::new(),
            limit,
        })
    }

    fn take(&self) -> Option<()> {
        self.calls.try_add(self.limit).then_some(())
    }

    fn leave(&self) {
        self.calls.remove();
        self.gate.notify_room();
    }

    async fn wait(&self) -> Result<(), Refused> {
        self.gate.wait(u32::MAX, || {}, || self.take()).await
    }

    fn enter(&self) -> Result<(), Refused> {
        match self.gate.try_enter(|| self.take()) {
            Some(()) => Ok(()),
            None => block_on(self.wait()),
        }
    }
}

/// Every waiting call is admitted: a model in which one is forgotten does not end, which loom reports.
pub fn no_waiting_call_is_forgotten() {
    check(2, || {
        let limited = Limited::new(1);
        let calls = [(); 2].map(|()| {
            let limited = Arc::clone(&limited);
            thread::spawn(move || {
                limited.enter().unwrap();
                limited.leave();
            })
        });
        limited.enter().unwrap();
        limited.leave();
        calls.into_iter().for_each(|call| call.join().unwrap());
        assert_eq!((limited.take(), limited.gate.waiting()), (Some(()), 0));
        block_on(limited.gate.wait_empty());
    });
}

/// Two calls end, and the first of the line is woken once for both: as many calls as there is room for are admitted.
pub fn room_for_two_admits_two() {
    check(2, || {
        let limited = Limited::new(2);
        (0..2).for_each(|_| limited.enter().unwrap());
        let calls = [(); 2].map(|()| {
            let limited = Arc::clone(&limited);
            thread::spawn(move || limited.enter().unwrap())
        });
        (0..2).for_each(|_| limited.leave());
        calls.into_iter().for_each(|call| call.join().unwrap());
        assert_eq!((limited.take(), limited.gate.waiting()), (None, 0));
    });
}

/// A gate that closes refuses waiting calls, including one that just begins to wait.
pub fn a_gate_that_closes_leaves_no_call_waiting() {
    check(2, || {
        let limited = Limited::new(0);
        let calls = [(); 2].map(|()| {
            let limited = Arc::clone(&limited);
            thread::spawn(move || assert_eq!(limited.enter(), Err(Refused::Closed)))
        });
        limited.gate.close();
        block_on(limited.gate.wait_empty());
        calls.into_iter().for_each(|call| call.join().unwrap());
        assert_eq!(limited.gate.waiting(), 0);
    });
}

/// Polls a call by hand; it wakes nothing.
fn poll<F: Future>(call: Pin<&mut F>) -> Poll<F::Output> {
    call.poll(&mut Context::from_waker(Waker::noop()))
}

/// Calls that are polled when they are woken are admitted, also if they are skipped before they get to it.
pub fn no_call_that_is_skipped_is_forgotten() {
    check(2, || {
        let limited = Limited::new(1);
        limited.enter().unwrap();
        let calls = [(); 2].map(|()| {
            let limited = Arc::clone(&limited);
            thread::spawn(move || {
                limited.enter().unwrap();
                limited.leave();
            })
        });
        limited.leave();
        limited.gate.skip_unpolled();
        limited.gate.skip_unpolled();
        calls.into_iter().for_each(|call| call.join().unwrap());
        assert_eq!((limited.take(), limited.gate.waiting()), (Some(()), 0));
        block_on(limited.gate.wait_empty());
    });
}

/// A call that was woken, and that nobody polls, keeps no other waiting. It is admitted when it is polled again.
pub fn a_call_that_is_left_alone_keeps_no_other_waiting() {
    check(2, || {
        let limited = Limited::new(1);
        limited.enter().unwrap();
        let mut left_alone = pin!(limited.wait());
        assert_eq!(poll(left_alone.as_mut()), Poll::Pending);
        let other = {
            let limited = Arc::clone(&limited);
            thread::spawn(move || {
                limited.enter().unwrap();
                limited.leave();
            })
        };
        limited.leave();
        limited.gate.skip_unpolled();
        limited.gate.skip_unpolled();
        other.join().unwrap();
        assert_eq!(limited.gate.waiting(), 0);
        assert_eq!(poll(left_alone.as_mut()), Poll::Ready(Ok(())));
        limited.leave();
    });
}

/// Two calls look for room at the same time: the one that is first, and one that gets its old place back.
pub fn a_call_that_is_polled_again_takes_no_room_from_the_next_one() {
    check(2, || {
        let limited = Limited::new(1);
        limited.enter().unwrap();
        let mut left_alone = Box::pin(async {
            limited.wait().await.unwrap();
            limited.leave();
        });
        assert_eq!(poll(left_alone.as_mut()), Poll::Pending);
        limited.gate.notify_room(); // for nothing
        limited.gate.skip_unpolled();
        limited.gate.skip_unpolled();
        assert_eq!(limited.gate.waiting(), 0);
        let calls = [(); 2].map(|()| {
            let limited = Arc::clone(&limited);
            thread::spawn(move || {
                limited.enter().unwrap();
                limited.leave();
            })
        });
        limited.leave();
        block_on(left_alone);
        calls.into_iter().for_each(|call| call.join().unwrap());
        assert_eq!((limited.take(), limited.gate.waiting()), (Some(()), 0));
    });
}
