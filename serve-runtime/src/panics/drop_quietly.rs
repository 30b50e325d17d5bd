//! Keeping a panic of a `Drop` in.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Lets go of what is a user's. If its `Drop` panics, that is logged and goes no further: whoever does this
/// has something else to do, for somebody else.
pub(crate) fn drop_quietly<T>(value: T) {
    catch_drop_panic(|| drop(value));
}

/// Does something that may let go of what is a user's.
pub(crate) fn catch_drop_panic(dropping: impl FnOnce()) {
    if let Err(payload) = catch_unwind(AssertUnwindSafe(dropping)) {
        let message = payload.downcast_ref::<String>().map(String::as_str);
        let message = message.or_else(|| payload.downcast_ref::<&str>().copied());
        tracing::error!(message = message.unwrap_or_default(), "a `Drop` panicked");
        #[expect(clippy::mem_forget, reason = "its own drop may panic as well")]
        std::mem::forget(payload);
    }
}
