//! The tokio runtime that everything runs on, which is the user's: checks that there is one, with a clock.

use std::time::Duration;

use tokio::runtime::Handle;
use tokio::time::Instant;

use crate::panics::unwound;
use crate::{Error, Result};

/// Returns an error unless the calling code runs on a runtime.
pub(crate) fn check_runtime() -> Result<()> {
    if Handle::try_current().is_err() {
        return Err(Error::unavailable(
            "`deploy` was called outside of a tokio runtime, where nothing can be run\n\
             help: put `#[tokio::main]` on `main`, or call it inside `runtime.block_on(..)`",
        ));
    }
    // Tokio has no direct test for this.
    match unwound(|| drop(tokio::time::sleep(Duration::ZERO))) {
        Ok(()) => Ok(()),
        Err(_) => Err(Error::unavailable(
            "this tokio runtime has no timers, which retries, health checks and deadlines need\n\
             help: build it with `enable_all()` or `enable_time()`",
        )),
    }
}

/// Whether the clock is real. A test's paused clock jumps to the next moment that any task waits for,
/// so a task that can wait should not set a timer then.
pub(crate) fn is_real() -> bool {
    let before = std::time::Instant::now();
    let now = Instant::now().into_std();
    before <= now && now <= std::time::Instant::now()
}

/// Returns an error unless timers work, which deadlines need.
pub(crate) fn check_deadline() -> Result<()> {
    match Handle::try_current() {
        Ok(_) => Ok(()),
        Err(_) => Err(Error::unavailable(
            "a call with a deadline was made outside of a tokio runtime, whose clock it needs\n\
             help: wait for it inside `runtime.block_on(..)`",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_machines_clock_is_real() {
        assert!(is_real());
        tokio::time::sleep(Duration::from_millis(1)).await;
        assert!(is_real());
    }

    #[tokio::test(start_paused = true)]
    async fn a_paused_one_is_not() {
        assert!(!is_real());
        tokio::time::sleep(Duration::from_secs(3_600)).await;
        assert!(!is_real());
    }
}
