//! How many requests are in flight: at most a limit, and no new ones once it is closed.

use crate::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use crate::sync::{Mutex, MutexGuard, Notify, PoisonError};

/// Counts in and out.
#[derive(Debug)]
pub(crate) struct InFlight {
    ongoing: AtomicUsize,
    /// How many may be in flight; none once it is closed.
    limit: AtomicUsize,
    /// Held while the limit is set, so that the last to set it knows of all changes.
    setting: Mutex<()>,
    closed: AtomicBool,
    /// Told when one ends after `closed`.
    ended: Notify,
}

/// A request that has begun; dropping it ends it.
#[derive(Debug)]
pub(crate) struct Guard<'a>(&'a InFlight);

impl InFlight {
    pub(crate) fn new() -> Self {
        InFlight {
            ongoing: AtomicUsize::new(0),
            limit: AtomicUsize::new(usize::MAX),
            setting: Mutex::new(()),
            closed: AtomicBool::new(false),
            ended: Notify::new(),
        }
    }

    /// Begins a request, unless the limit is reached.
    ///
    /// One over the limit must not be counted even for a moment, or another one would be refused because of it. A
    /// request is counted before it looks whether this is closed, and `drain` closes before it counts: one
    /// that `drain` does not see sees that it is closed.
    #[inline]
    pub(crate) fn begin(&self) -> Option<Guard<'_>> {
        match self.limit.load(Ordering::SeqCst) {
            usize::MAX => _ = self.ongoing.fetch_add(1, Ordering::SeqCst),
            limit => {
                let one_more = |ongoing: usize| (ongoing < limit).then_some(ongoing + 1);
                let counted =
                    self.ongoing
                        .fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_more);
                counted.ok()?;
            }
        }
        let begun = Guard(self);
        (!self.is_closed()).then_some(begun)
    }

    /// One has ended.
    #[inline]
    pub(crate) fn end(&self) {
        self.ongoing.fetch_sub(1, Ordering::SeqCst);
        if self.is_closed() {
            self.ended.notify_waiters();
        }
    }

    /// Whether none could begin now.
    #[allow(dead_code)] // only the ingress asks before there is a request
    pub(crate) fn is_full(&self) -> bool {
        self.ongoing.load(Ordering::SeqCst) >= self.limit.load(Ordering::SeqCst)
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::SeqCst)
    }

    /// Something has changed that the limit is derived from.
    pub(crate) fn set_limit(&self, limit: impl FnOnce() -> usize) {
        let _setting = self.setting();
        if !self.is_closed() {
            self.limit.store(limit(), Ordering::SeqCst);
        }
    }

    fn close(&self) {
        // A limit that is set at this time must not open it again, not even for a moment.
        let _setting = self.setting();
        self.closed.store(true, Ordering::SeqCst);
        self.limit.store(0, Ordering::SeqCst);
    }

    fn setting(&self) -> MutexGuard<'_, ()> {
        self.setting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets no more begin, and resolves when those that have are over.
    pub(crate) async fn drain(&self) {
        self.close();
        loop {
            let ended = self.ended.notified();
            if self.ongoing.load(Ordering::SeqCst) == 0 {
                return;
            }
            ended.await;
        }
    }
}

impl Guard<'_> {
    /// The request ends with [`InFlight::end`], and not when this is dropped.
    #[expect(clippy::mem_forget, reason = "its drop would count it out")]
    pub(crate) fn leak(self) {
        std::mem::forget(self);
    }
}

impl Drop for Guard<'_> {
    #[inline]
    fn drop(&mut self) {
        self.0.end();
    }
}
