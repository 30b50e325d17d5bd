//! Calls that wait for a replica with a limit.

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

    fn enter(&self) -> Result<(), Refused> {
        match self.gate.try_enter(|| self.take()) {
            Some(()) => Ok(()),
            None => block_on(self.gate.wait(u32::MAX, || self.take())),
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
