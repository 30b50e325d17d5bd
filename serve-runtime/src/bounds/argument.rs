//! What a constructor is bound with.

/// An argument that `bind` keeps, so that each replica can be made from it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an argument of `new`: each replica is made from a copy of it",
    label = "an argument of `new` must be `Clone`, `Send`, `Sync` and without borrows",
    note = "derive `Clone` for it, or take it by reference, as `&{Self}`; in place of `Rc` and `RefCell` take `Arc` and `Mutex`"
)]
pub trait Argument: Sized {
    #[doc(hidden)]
    fn copy(argument: &Self) -> Self;
}

#[diagnostic::do_not_recommend]
#[doc(hidden)]
impl<T: Clone + Send + Sync + 'static> Argument for T {
    fn copy(argument: &T) -> T {
        argument.clone()
    }
}
