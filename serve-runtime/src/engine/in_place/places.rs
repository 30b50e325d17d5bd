//! The places at a replica that has a limit.

use crate::sync::atomic::{AtomicU32, Ordering};

/// How many are taken.
#[derive(Debug)]
pub(crate) struct Places(AtomicU32);

impl Places {
    pub(crate) fn new() -> Self {
        Places(AtomicU32::new(0))
    }

    /// Takes a place, unless `limit` are taken. Whoever gets none has not been counted for a moment
    /// either: the head of the gate's line would take that for a call, and wait for its end for ever.
    #[inline]
    pub(crate) fn take(&self, limit: u32) -> bool {
        let one_more = |taken: u32| (taken < limit).then_some(taken + 1);
        let taken = self
            .0
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_more);
        taken.is_ok()
    }

    /// Gives a place back.
    #[inline]
    pub(crate) fn give_back(&self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}
