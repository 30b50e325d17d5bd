//! The parameter of `reconfigure`.

/// A configuration that each replica gets a copy of: `Clone + Send + Sync + 'static`.
///
/// `Clone` is not a supertrait, because rustc would then report that it is missing, in place of the message here.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a `user_config`",
    label = "each replica gets a copy of it, on another thread",
    note = "it must be `Clone`, `Send` and `Sync`: derive `Clone`, or put it in an `Arc`"
)]
#[doc(hidden)]
pub trait UserConfig: Send + Sync + Sized + 'static {
    #[doc(hidden)]
    fn copy(config: &Self) -> Self;
}

#[diagnostic::do_not_recommend]
impl<C: Clone + Send + Sync + 'static> UserConfig for C {
    fn copy(config: &C) -> C {
        config.clone()
    }
}
