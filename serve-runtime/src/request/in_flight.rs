//! How many are under way: no more than may be, and none any more once it is closed.

use crate::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use crate::sync::{Mutex, MutexGuard, Notify, PoisonError};

/// Counts in and out.
#[derive(Debug)]
pub(crate) struct Counted {
    ongoing: AtomicUsize,
    /// How many may be under way; none once it is closed.
    limit: AtomicUsize,
    /// Held by who sets the limit, so that the last one knows of what all have changed.
    setting: Mutex<()>,
    closed: AtomicBool,
    /// Told when one ends after `closed`.
    ended: Notify,
}

/// One that has begun; dropping it ends it.
#[derive(Debug)]
pub(crate) struct Ongoing<'a>(&'a Counted);

impl Counted {
    pub(crate) fn new() -> Self {
        Counted {
            ongoing: AtomicUsize::new(0),
            limit: AtomicUsize::new(usize::MAX),
            setting: Mutex::new(()),
            closed: AtomicBool::new(false),
            ended: Notify::new(),
        }
    }

    /// Begins, unless there are as many as there may be.
    ///
    /// One that there is no place for has not been counted for a moment either, or another one would be refused
    /// for it. It is counted before it looks whether this is closed, and `drain` closes before it counts: one
    /// that `drain` does not see sees that it is closed.
    #[inline]
    pub(crate) fn begin(&self) -> Option<Ongoing<'_>> {
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
        let begun = Ongoing(self);
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
        // Who sets the limit at this time must not open it again, not even for a moment.
        let _setting = self.setting();
        self.closed.store(true, Ordering::SeqCst);
        self.limit.store(0, Ordering::SeqCst);
    }

    fn setting(&self) -> MutexGuard<'_, ()> {
        self.setting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets no more begin, and waits for the end of those that have.
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

impl Ongoing<'_> {
    /// It ends with [`Counted::end`].
    #[expect(clippy::mem_forget, reason = "its drop would count it out")]
    pub(crate) fn goes_on(self) {
        std::mem::forget(self);
    }
}

impl Drop for Ongoing<'_> {
    #[inline]
    fn drop(&mut self) {
        self.0.end();
    }
}
