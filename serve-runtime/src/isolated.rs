//! Keeping a panic of a function in.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::{Error, Result};

/// Calls a function of a user; its panic comes back as an error.
pub(crate) fn isolated<T>(function: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(function)).unwrap_or_else(|payload| Err(Error::panicked(payload)))
}

/// Drops a value of a user where that is no part of a call of theirs. A panic of its `Drop` goes no further:
/// the panic hook has reported it.
pub(crate) fn drop_isolated<T>(value: T) {
    if let Err(payload) = catch_unwind(AssertUnwindSafe(|| drop(value))) {
        std::mem::forget(payload); // it may be of the same kind
    }
}
