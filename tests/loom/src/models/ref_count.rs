//! `engine/in_place/ref_count.rs`: calls that hold a replica, and a task that waits until none does.
//!
//! loom's `Arc` has no strong count, so a plain counter replaces it here, with the weakest ordering: the
//! guarantee comes from the fences alone.

use std::sync::atomic::{AtomicBool as Plain, Ordering::SeqCst};

use loom::future::block_on;
use loom::sync::Arc;
use loom::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use loom::sync::atomic::{AtomicBool, AtomicUsize, fence};
use loom::thread;

use super::check;
use crate::notify::Notify;

struct Replica {
    count: AtomicUsize,
    paused: AtomicBool,
    waiting: AtomicUsize,
    released: Notify,
}

impl Replica {
    fn new() -> Self {
        Replica {
            count: AtomicUsize::new(0),
            paused: AtomicBool::new(false),
            waiting: AtomicUsize::new(0),
            released: Notify::new(),
        }
    }

    /// `WeakRefCount::try_hold`.
    fn try_hold(&self) -> bool {
        self.count.fetch_add(1, Relaxed);
        fence(Acquire);
        if self.paused.load(Relaxed) {
            self.release();
            return false;
        }
        true
    }

    /// The drop of a `RefCount`, and `Releases::notify`.
    fn release(&self) {
        self.count.fetch_sub(1, Relaxed);
        fence(Acquire);
        if self.waiting.load(Relaxed) > 0 {
            self.released.notify_waiters();
        }
    }

    /// `RefCount::count`.
    fn count(&self) -> usize {
        fence(Release);
        self.count.fetch_add(1, Relaxed);
        self.count.fetch_sub(1, Relaxed);
        self.count.load(Relaxed)
    }

    /// `Releases::wait_until`.
    async fn wait_idle(&self) {
        self.waiting.fetch_add(1, Relaxed);
        loop {
            let released = self.released.notified();
            if self.count() == 0 {
                break;
            }
            released.await;
        }
        self.waiting.fetch_sub(1, Relaxed);
    }
}

/// A task that waits until a paused replica is idle is woken, and no call is at it from then on.
pub fn a_paused_replica_becomes_idle_and_stays_so() {
    check(2, || {
        let (replica, idle) = (Arc::new(Replica::new()), Arc::new(Plain::new(false)));
        let calls = [(); 2].map(|()| {
            let (replica, idle) = (Arc::clone(&replica), Arc::clone(&idle));
            thread::spawn(move || {
                if replica.try_hold() {
                    assert!(!idle.load(SeqCst), "a call came in");
                    replica.release();
                }
            })
        });
        replica.paused.store(true, Relaxed);
        block_on(replica.wait_idle());
        idle.store(true, SeqCst);
        calls.into_iter().for_each(|call| call.join().unwrap());
        assert_eq!(replica.count(), 0);
    });
}
