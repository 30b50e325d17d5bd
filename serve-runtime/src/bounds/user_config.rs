//! The parameter of `reconfigure`.

/// A configuration that each replica gets a copy of: `Clone + Send + Sync + 'static`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a `user_config`",
    label = "each replica gets a copy of it, on another thread",
    note = "it must be `Clone`, `Send` and `Sync`: derive `Clone`, or put it in an `Arc`"
)]
#[doc(hidden)]
pub trait UserConfig: Clone + Send + Sync + 'static {}

#[diagnostic::do_not_recommend]
impl<C: Clone + Send + Sync + 'static> UserConfig for C {}
