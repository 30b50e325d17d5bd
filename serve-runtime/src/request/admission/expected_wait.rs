//! How long the calls that wait at a deployment will wait, for those that are refused meanwhile.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The estimate of a deployment's controller. Only a refusal reads it.
#[derive(Debug)]
pub(crate) struct ExpectedWait(AtomicU64);

/// Nothing is known. All else is in milliseconds.
const UNKNOWN: u64 = u64::MAX;

impl Default for ExpectedWait {
    fn default() -> Self {
        ExpectedWait(AtomicU64::new(UNKNOWN))
    }
}

impl ExpectedWait {
    /// `None` if no call waits, or nothing is known.
    pub(crate) fn set(&self, wait: Option<Duration>) {
        let wait = wait.and_then(|wait| u64::try_from(wait.as_millis()).ok());
        self.0.store(wait.unwrap_or(UNKNOWN), Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> Option<Duration> {
        match self.0.load(Ordering::Relaxed) {
            UNKNOWN => None,
            millis => Some(Duration::from_millis(millis)),
        }
    }
}
