//! Keeping a panic of a function in.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::{Error, Result};

/// Calls a function of a user; its panic comes back as an error.
pub(crate) fn catch<T>(function: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(function)).unwrap_or_else(|payload| Err(Error::panicked(payload)))
}
