//! What `reconfigure` takes.

/// Something that each replica can be given a copy of: `Clone + Send + Sync + 'static`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a `user_config`",
    label = "each replica gets a copy of it, on another thread",
    note = "it has to be `Clone`, `Send` and `Sync`: derive `Clone`, or put it into an `Arc`"
)]
pub trait UserConfig: Clone + Send + Sync + 'static {}

#[diagnostic::do_not_recommend]
#[doc(hidden)]
impl<C: Clone + Send + Sync + 'static> UserConfig for C {}
