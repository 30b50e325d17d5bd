//! The tokio runtime that everything runs on, which is the user's: whether there is one, and a clock with it.

use std::panic::catch_unwind;
use std::time::Duration;

use tokio::runtime::Handle;

use crate::{Error, Result};

/// An error unless there is a runtime for what is deployed.
pub(crate) fn check_runtime() -> Result<()> {
    if Handle::try_current().is_err() {
        return Err(Error::unavailable(
            "`deploy` was called outside of a tokio runtime, where nothing can be run\n\
             help: put `#[tokio::main]` on `main`, or call it inside `runtime.block_on(..)`",
        ));
    }
    // There is no other way to ask.
    match catch_unwind(|| drop(tokio::time::sleep(Duration::ZERO))) {
        Ok(()) => Ok(()),
        Err(_) => Err(Error::unavailable(
            "this tokio runtime has no timers, which retries, health checks and deadlines need\n\
             help: build it with `enable_all()` or `enable_time()`",
        )),
    }
}

/// An error unless somebody can tell when a deadline has passed.
pub(crate) fn check_deadline() -> Result<()> {
    match Handle::try_current() {
        Ok(_) => Ok(()),
        Err(_) => Err(Error::unavailable(
            "a call with a deadline was made outside of a tokio runtime, whose clock it needs\n\
             help: wait for it inside `runtime.block_on(..)`",
        )),
    }
}
