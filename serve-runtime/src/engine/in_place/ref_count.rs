//! How many calls a replica has in flight: the strong count of its `Arc`.
//!
//! A call that has no limit to keep is counted by the `Arc` that keeps its replica alive, and by nothing else:
//! to begin and to end is one atomic write each. Two things are decided by that count:
//!
//! | a call begins | its replica is to be paused | | a call ends | a task waits for that |
//! |---|---|---|---|---|
//! | writes the count | writes `paused` | | writes the count | writes `waiting` |
//! | reads `paused` | reads the count | | reads `waiting` | reads the count |
//!
//! One of the two has to see the other, which two writes and two reads do not promise by themselves. So
//! the one that asks for the count ([`RefCount::count`]) writes it as well, which costs the calls nothing.
//! All writes of one count are in one order, and each of them reads the one before it. If the call's comes
//! first, the other one counts it. If it comes later, it reads what goes back to the other's, so that the
//! fences - a release before the other's, an acquire after the call's - make it see all that the other wrote
//! before. `tests/loom/src/models/ref_count.rs` is this in every interleaving.

use std::ops::Deref;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering, fence};
use std::sync::{Arc, Weak};

use tokio::sync::Notify;

/// A counted reference to a value that can be paused: while it is, no further call gets one.
pub(crate) struct RefCount<T>(Arc<Counted<T>>);

struct Counted<T> {
    paused: AtomicBool,
    value: T,
}

/// A reference that does not count.
pub(crate) struct WeakRefCount<T>(Weak<Counted<T>>);

impl<T> RefCount<T> {
    pub(crate) fn new(value: T) -> Self {
        RefCount(Arc::new(Counted {
            paused: AtomicBool::new(false),
            value,
        }))
    }

    pub(crate) fn downgrade(&self) -> WeakRefCount<T> {
        WeakRefCount(Arc::downgrade(&self.0))
    }

    pub(crate) fn set_paused(&self, paused: bool) {
        self.0.paused.store(paused, Ordering::Relaxed);
    }

    pub(crate) fn is_paused(&self) -> bool {
        self.0.paused.load(Ordering::Relaxed)
    }

    /// How many references there are, this one included. Two that ask at the same time would count each other:
    /// they have to take turns.
    pub(crate) fn count(&self) -> usize {
        fence(Ordering::Release);
        drop(Arc::clone(&self.0));
        Arc::strong_count(&self.0)
    }
}

impl<T> Clone for RefCount<T> {
    fn clone(&self) -> Self {
        RefCount(Arc::clone(&self.0))
    }
}

impl<T> Deref for RefCount<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.0.value
    }
}

impl<T> WeakRefCount<T> {
    /// Counts a call in; `None` if the value is paused or gone. It was counted for a moment then, so that
    /// [`Releases::notify`] has to follow.
    #[inline]
    pub(crate) fn try_hold(&self) -> Option<RefCount<T>> {
        let held = RefCount(self.0.upgrade()?);
        fence(Ordering::Acquire);
        match held.is_paused() {
            true => None,
            false => Some(held),
        }
    }

    /// Holds the value, paused or not, as a part of what holds it already.
    pub(crate) fn hold_as_well(&self) -> Option<RefCount<T>> {
        self.0.upgrade().map(RefCount)
    }

    /// About how many references there are: it may change at any time.
    pub(crate) fn approximate_count(&self) -> usize {
        self.0.strong_count()
    }

    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.0.ptr_eq(&other.0)
    }
}

/// Wakes those that wait for a count to fall.
#[derive(Debug, Default)]
pub(crate) struct Releases {
    /// How many wait.
    waiting: AtomicU32,
    released: Notify,
}

impl Releases {
    /// A reference has been dropped.
    #[inline]
    pub(crate) fn notify(&self) {
        fence(Ordering::Acquire);
        if self.waiting.load(Ordering::Relaxed) > 0 {
            self.released.notify_waiters();
        }
    }

    /// Waits until [counts](RefCount::count) have fallen as far as `reached` says.
    pub(crate) async fn wait_until(&self, reached: impl Fn() -> bool) {
        let _waiting = Waiting::new(&self.waiting);
        loop {
            let released = self.released.notified();
            if reached() {
                return;
            }
            released.await;
        }
    }
}

struct Waiting<'a>(&'a AtomicU32);

impl<'a> Waiting<'a> {
    fn new(waiting: &'a AtomicU32) -> Self {
        waiting.fetch_add(1, Ordering::Relaxed);
        Waiting(waiting)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
