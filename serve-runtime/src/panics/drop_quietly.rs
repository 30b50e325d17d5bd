//! Keeping in the panics of a `Drop`. In a file without other parts of the crate: the models of `tests/loom` have it,
//! too.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Drops a user's value. If its `Drop` panics, that is logged and goes no further: the caller has other work to do,
/// for somebody else.
pub(crate) fn drop_quietly<T>(value: T) {
    catch_drop_panic(|| drop(value));
}

/// Does something that may drop a user's value.
pub(crate) fn catch_drop_panic(dropping: impl FnOnce()) {
    if let Err(payload) = catch_unwind(AssertUnwindSafe(dropping)) {
        let message = payload.downcast_ref::<String>().map(String::as_str);
        let message = message.or_else(|| payload.downcast_ref::<&str>().copied());
        tracing::error!(message = message.unwrap_or_default(), "a `Drop` panicked");
        #[expect(clippy::mem_forget, reason = "its own drop may panic as well")]
        std::mem::forget(payload);
    }
}
