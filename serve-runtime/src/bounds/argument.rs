//! The arguments of a constructor.

/// An argument that `bind` keeps, so that each replica can be made from it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an argument of `new`: each replica is made from a copy of it",
    label = "an argument of `new` must be `Clone`, `Send` and `Sync`, and own its data",
    note = "derive `Clone` for it, or take it by reference, as `&{Self}`; use `Arc` and `Mutex` in place of `Rc` and `RefCell`"
)]
#[doc(hidden)]
pub trait Argument: Sized {
    #[doc(hidden)]
    fn copy(argument: &Self) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: Clone + Send + Sync + 'static> Argument for T {
    fn copy(argument: &T) -> T {
        argument.clone()
    }
}
