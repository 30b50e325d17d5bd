//! Holds the calls that a test watches.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::runtime::Handle;
use tokio::sync::Semaphore;

use super::{Count, OnDrop, within};

/// Holds calls until the test releases them, first come, first served.
#[derive(Clone)]
pub struct Stage(Arc<Inner>);

struct Inner {
    entered: Semaphore,
    released: Semaphore,
    inside: AtomicUsize,
    max_inside: AtomicUsize,
    left: Count,
}

impl Default for Stage {
    fn default() -> Self {
        Self::new()
    }
}

impl Stage {
    pub fn new() -> Self {
        Stage(Arc::new(Inner {
            entered: Semaphore::new(0),
            released: Semaphore::new(0),
            inside: AtomicUsize::new(0),
            max_inside: AtomicUsize::new(0),
            left: Count::new(),
        }))
    }

    /// For an `async fn`: waits until released. Dropping the future leaves the stage.
    pub async fn hold(&self) {
        let _inside = self.enter();
        if let Ok(release) = self.0.released.acquire().await {
            release.forget();
        }
    }

    /// For a compute `fn`: waits until released.
    pub fn block(&self) {
        Handle::current().block_on(self.hold());
    }

    /// Counts the caller as inside until the guard is dropped.
    pub fn enter(&self) -> Inside {
        let now = self.0.inside.fetch_add(1, Ordering::SeqCst) + 1;
        self.0.max_inside.fetch_max(now, Ordering::SeqCst);
        self.0.entered.add_permits(1);
        Inside {
            stage: self.clone(),
            _left: self.0.left.on_drop(),
        }
    }

    /// Waits until `calls` further calls have entered.
    pub async fn entered(&self, calls: u32) {
        if let Ok(entered) = within(self.0.entered.acquire_many(calls)).await {
            entered.forget();
        }
    }

    /// Releases `calls` calls, including later ones.
    pub fn release(&self, calls: usize) {
        self.0.released.add_permits(calls);
    }

    /// The maximum that were inside at a time.
    pub fn max_inside(&self) -> usize {
        self.0.max_inside.load(Ordering::SeqCst)
    }

    /// How many are inside.
    pub fn inside(&self) -> usize {
        self.0.inside.load(Ordering::SeqCst)
    }

    /// How many have left, released or dropped.
    pub fn left(&self) -> &Count {
        &self.0.left
    }
}

pub struct Inside {
    stage: Stage,
    _left: OnDrop,
}

impl Drop for Inside {
    fn drop(&mut self) {
        self.stage.0.inside.fetch_sub(1, Ordering::SeqCst);
    }
}
