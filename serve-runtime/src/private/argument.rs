//! What a constructor is bound with.

/// An argument that `bind` keeps, so that each replica can be made from it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an argument of `new`: each replica is made from a copy of it",
    label = "an argument of `new` must be `Clone`, `Send`, `Sync` and without borrows",
    note = "derive `Clone` for it, or take it by reference, as `&{Self}`"
)]
pub trait Argument: Sized {
    #[doc(hidden)]
    fn copy(&self) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: Clone + Send + Sync + 'static> Argument for T {
    fn copy(&self) -> Self {
        self.clone()
    }
}

/// A copy for one more replica.
pub fn copy_argument<T: Argument>(argument: &T) -> T {
    argument.copy()
}
