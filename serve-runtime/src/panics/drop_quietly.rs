//! Contains the panics of a `Drop`. In a file that uses no other part of the crate, because the models of
//! `tests/loom` include it.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Drops a user's value. If its `Drop` panics, the panic is logged and contained: the caller has other work to do,
/// for other requests.
pub fn drop_quietly<T>(value: T) {
    catch_drop_panic(|| drop(value));
}

/// Runs a function that may drop a user's value.
pub(crate) fn catch_drop_panic(dropping: impl FnOnce()) {
    if let Err(payload) = catch_unwind(AssertUnwindSafe(dropping)) {
        let message = payload.downcast_ref::<String>().map(String::as_str);
        let message = message.or_else(|| payload.downcast_ref::<&str>().copied());
        tracing::error!(message = message.unwrap_or_default(), "a `Drop` panicked");
        #[expect(clippy::mem_forget, reason = "its own drop may panic as well")]
        std::mem::forget(payload);
    }
}
