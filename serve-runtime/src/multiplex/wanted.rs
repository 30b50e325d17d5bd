//! Whether a load is still wanted.
//!
//! A load that has begun ends: the model is kept for later calls, also if every call that has waited for it has gone.
//! Only a replica that is to take no more calls has no use for it.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

/// Gives up the loads of a replica that is retired.
#[derive(Default)]
pub(super) struct Wanted {
    retired: AtomicBool,
    /// Notified when the replica is retired, and when a call no longer waits for a load.
    changed: Notify,
}

/// A call that waits for a load.
pub(super) struct Waits<'a>(&'a Wanted);

impl Wanted {
    pub(super) fn retire(&self) {
        self.retired.store(true, Ordering::SeqCst);
        self.changed.notify_waiters();
    }

    /// Has the load looked at when the return value is dropped.
    pub(super) fn waits(&self) -> Waits<'_> {
        Waits(self)
    }

    /// Resolves when the replica is retired and a load `is_unwanted`.
    pub(super) async fn given_up(&self, is_unwanted: impl Fn() -> bool) {
        loop {
            let changed = self.changed.notified();
            if self.retired.load(Ordering::SeqCst) && is_unwanted() {
                return;
            }
            changed.await;
        }
    }
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.0.changed.notify_waiters();
    }
}
