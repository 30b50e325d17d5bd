//! Whether the calls that wait for a replica move on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Calls that wait for a replica, and what keeps them waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Line {
    /// How many calls wait.
    pub(crate) waiting: usize,
    /// How many of those that waited have begun: while this stays the same and calls wait, nothing moves.
    pub(crate) begun: u64,
    /// How many were taken out of a queue because their callers had gone.
    pub(crate) gone: u64,
    /// How many calls are in flight.
    pub(crate) ongoing: usize,
    /// How many of these are streams: on threads only those that wait for their reader.
    pub(crate) streams: usize,
}

impl Line {
    /// How many calls have left it.
    pub(crate) fn left(&self) -> u64 {
        self.begun + self.gone
    }
}

/// Whether the controller knows that calls wait, and looks from time to time whether they move on. So a call that
/// waits costs one load more, and one that does not wait nothing.
#[derive(Debug, Clone, Default)]
pub(crate) struct Watched(Arc<AtomicBool>);

impl Watched {
    /// Whether the controller has to be told that a call waits.
    pub(crate) fn begin(&self) -> bool {
        !self.0.load(Ordering::Relaxed) && !self.0.swap(true, Ordering::SeqCst)
    }

    /// The controller looks no more. It has to look at the lines once after this: a call that waits since a moment ago
    /// may have found that it still did.
    pub(crate) fn end(&self) {
        self.0.store(false, Ordering::SeqCst);
    }
}
