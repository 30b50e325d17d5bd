//! Counts the requests in flight, up to a limit, until the counter is closed.

use crate::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use crate::sync::{Mutex, MutexGuard, Notify, PoisonError};

/// Counts the requests in flight.
#[derive(Debug)]
pub(crate) struct InFlight {
    ongoing: AtomicUsize,
    /// The maximum number in flight; 0 once it is closed.
    limit: AtomicUsize,
    /// Held while the limit is set, so that the last thread to set it has seen all changes.
    setting: Mutex<()>,
    closed: AtomicBool,
    /// Notified when a request ends after `closed` is set.
    ended: Notify,
}

/// A request in flight; dropping it ends the request.
#[derive(Debug)]
pub(crate) struct Guard<'a>(&'a InFlight);

impl InFlight {
    /// A counter with a limit.
    pub(crate) fn new(limit: usize) -> Self {
        InFlight {
            ongoing: AtomicUsize::new(0),
            limit: AtomicUsize::new(limit),
            setting: Mutex::new(()),
            closed: AtomicBool::new(false),
            ended: Notify::new(),
        }
    }

    /// Begins a request, unless the limit is reached.
    ///
    /// A request over the limit must not be counted even for a moment, or another request would be refused because of
    /// it. A request is counted before it checks whether this is closed, and `drain` closes before it counts: a
    /// request that `drain` misses sees that it is closed.
    #[inline]
    pub(crate) fn begin(&self) -> Option<Guard<'_>> {
        let limit = self.limit.load(Ordering::SeqCst);
        // Far from the limit one addition is enough: it would take as many threads as are missing to reach it.
        if self.ongoing.load(Ordering::SeqCst) < limit / 2 {
            self.ongoing.fetch_add(1, Ordering::SeqCst);
        } else {
            self.count_up_to(limit)?;
        }
        let begun = Guard(self);
        (!self.is_closed()).then_some(begun)
    }

    #[cold]
    fn count_up_to(&self, limit: usize) -> Option<()> {
        let one_more = |ongoing: usize| (ongoing < limit).then_some(ongoing + 1);
        let counted = self
            .ongoing
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_more);
        counted.ok().map(drop)
    }

    /// Begins a request over the limit; `None` if no more are accepted.
    pub(crate) fn begin_beyond_limit(&self) -> Option<Guard<'_>> {
        self.ongoing.fetch_add(1, Ordering::SeqCst);
        let begun = Guard(self);
        (!self.is_closed()).then_some(begun)
    }

    /// The maximum number in flight.
    pub(crate) fn limit(&self) -> usize {
        self.limit.load(Ordering::SeqCst)
    }

    /// Ends a request.
    #[inline]
    pub(crate) fn end(&self) {
        self.ongoing.fetch_sub(1, Ordering::SeqCst);
        if self.is_closed() {
            self.ended.notify_waiters();
        }
    }

    /// Whether no request could begin now.
    #[allow(dead_code)] // only the ingress checks before it has a request
    pub(crate) fn is_full(&self) -> bool {
        self.ongoing.load(Ordering::SeqCst) >= self.limit.load(Ordering::SeqCst)
    }

    #[inline]
    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::SeqCst)
    }

    /// Recomputes the limit after a change.
    pub(crate) fn set_limit(&self, limit: impl FnOnce() -> usize) {
        let _setting = self.setting();
        if !self.is_closed() {
            self.limit.store(limit(), Ordering::SeqCst);
        }
    }

    fn close(&self) {
        // A limit that is set at the same time must not open it again, not even for a moment.
        let _setting = self.setting();
        self.closed.store(true, Ordering::SeqCst);
        self.limit.store(0, Ordering::SeqCst);
    }

    fn setting(&self) -> MutexGuard<'_, ()> {
        self.setting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Accepts no new requests, and resolves when those in flight have ended.
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
    /// Leaks the guard: the request ends with [`InFlight::end`] instead.
    #[expect(clippy::mem_forget, reason = "its drop would end the request")]
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
