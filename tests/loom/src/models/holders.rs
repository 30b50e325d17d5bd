//! `serve-runtime/src/replica/held.rs`: calls that hold a replica, and somebody who waits until none does.
//!
//! loom's `Arc` does not say how many hold it, so that a plain count stands for it here, written in the
//! weakest order: what is promised is promised by the fences alone.

use std::sync::atomic::{AtomicBool as Plain, Ordering::SeqCst};

use loom::future::block_on;
use loom::sync::Arc;
use loom::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use loom::sync::atomic::{AtomicBool, AtomicUsize, fence};
use loom::thread;

use super::check;
use crate::notify::Notify;

struct Replica {
    held: AtomicUsize,
    resting: AtomicBool,
    watched: AtomicUsize,
    left: Notify,
}

impl Replica {
    fn new() -> Self {
        Replica {
            held: AtomicUsize::new(0),
            resting: AtomicBool::new(false),
            watched: AtomicUsize::new(0),
            left: Notify::new(),
        }
    }

    /// `Place::at`.
    fn come(&self) -> bool {
        self.held.fetch_add(1, Relaxed);
        fence(Acquire);
        if self.resting.load(Relaxed) {
            self.go();
            return false;
        }
        true
    }

    /// The drop of a `Place`, and `Departures::tell`.
    fn go(&self) {
        self.held.fetch_sub(1, Relaxed);
        fence(Acquire);
        if self.watched.load(Relaxed) > 0 {
            self.left.notify_waiters();
        }
    }

    /// `holders`.
    fn holders(&self) -> usize {
        fence(Release);
        self.held.fetch_add(1, Relaxed);
        self.held.fetch_sub(1, Relaxed);
        self.held.load(Relaxed)
    }

    /// `Departures::until`.
    async fn until_idle(&self) {
        self.watched.fetch_add(1, Relaxed);
        loop {
            let left = self.left.notified();
            if self.holders() == 0 {
                break;
            }
            left.await;
        }
        self.watched.fetch_sub(1, Relaxed);
    }
}

/// Who waits until a resting replica is idle is told, and no call is at it from then on.
pub fn a_resting_replica_becomes_idle_and_stays_so() {
    check(2, || {
        let (replica, idle) = (Arc::new(Replica::new()), Arc::new(Plain::new(false)));
        let calls = [(); 2].map(|()| {
            let (replica, idle) = (Arc::clone(&replica), Arc::clone(&idle));
            thread::spawn(move || {
                if replica.come() {
                    assert!(!idle.load(SeqCst), "a call came in");
                    replica.go();
                }
            })
        });
        replica.resting.store(true, Relaxed);
        block_on(replica.until_idle());
        idle.store(true, SeqCst);
        calls.into_iter().for_each(|call| call.join().unwrap());
        assert_eq!(replica.holders(), 0);
    });
}
