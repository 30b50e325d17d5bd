//! The arguments of a constructor.

use std::marker::PhantomData;

use super::mistaken::IsNot;
use crate::Deployment;

/// The type that implements [`Argument`]: for a type of the user's, rustc would propose to borrow it.
pub struct ArgumentOf<T>(PhantomData<T>);

/// An argument that `bind` keeps, so that each replica can be made from it.
#[diagnostic::on_unimplemented(
    message = "`{T}` cannot be an argument of `new`: each replica is made from a copy of it",
    label = "an argument of `new` must be `Clone`, `Send` and `Sync`, and own its data",
    note = "derive `Clone` for it, or take it by reference, as `&{T}`; use `Arc` and `Mutex` in place of `Rc` and `RefCell`"
)]
pub trait Argument<T> {
    #[doc(hidden)]
    fn copy(argument: &T) -> T;
}

#[diagnostic::do_not_recommend]
impl<T: Clone + Send + Sync + 'static> Argument<T> for ArgumentOf<T> {
    fn copy(argument: &T) -> T {
        argument.clone()
    }
}

/// An argument that is written as `Box<dyn ..>`; `O` is what an `Arc` in its place would hold.
#[diagnostic::on_unimplemented(
    message = "`{T}` cannot be an argument of `new`: each replica is made from a copy of it, and a box cannot be copied",
    label = "an argument of `new` must be `Clone`, `Send` and `Sync`, and own its data",
    note = "help: write `std::sync::Arc<{O}>` here and in the `struct`, and pass `std::sync::Arc::new(..)` to `bind`"
)]
pub trait BoxedArgument<T, O: ?Sized> {
    #[doc(hidden)]
    fn copy(argument: &T) -> T;
}

#[diagnostic::do_not_recommend]
impl<T: Clone + Send + Sync + 'static, O: ?Sized> BoxedArgument<T, O> for ArgumentOf<T> {
    fn copy(argument: &T) -> T {
        argument.clone()
    }
}

/// An argument that is not a deployment in place of its handle.
#[diagnostic::on_unimplemented(
    message = "`{T}` is a deployment: what calls it takes its handle",
    label = "take `Handle<{T}>`",
    note = "help: write `Handle<{T}>` here and in the `struct`"
)]
pub trait NoDeployment<T> {
    #[doc(hidden)]
    const CHECKED: usize = 0;
}

#[diagnostic::do_not_recommend]
impl<T, M: IsNot> NoDeployment<T> for M {}

/// A deployment, where a handle of it is held.
#[diagnostic::on_unimplemented(
    message = "`{T}` is not a deployment, so there is no handle of it",
    label = "not a deployment",
    note = "help: write `#[deployment]` above the `struct` and above its `impl` block; for a trait, name a type that has both"
)]
pub trait Declared<T: ?Sized> {
    #[doc(hidden)]
    const CHECKED: usize = 0;
}

#[diagnostic::do_not_recommend]
impl<T: ?Sized, M: IsNot> Declared<T> for M {}

/// The handle of a deployment that has been checked.
pub trait HandleOf<D: ?Sized> {
    /// It.
    type Handle;
}

#[diagnostic::do_not_recommend]
impl<D: Deployment> HandleOf<D> for [(); 0] {
    type Handle = D::Handle;
}

/// Whether `T` is a deployment: the constant of the inherent impl, which rustc prefers, or that of the trait.
pub struct IsDeployment<T: ?Sized>(PhantomData<T>);

impl<T: Deployment> IsDeployment<T> {
    /// It is one.
    pub const DEPLOYMENT: bool = true;
}

impl<T: Clone> IsDeployment<T> {
    /// It can be copied as well.
    pub const COPIED: bool = true;
}

/// The fallback for any other type.
pub trait IsValue {
    #[doc(hidden)]
    const DEPLOYMENT: bool = false;
    #[doc(hidden)]
    const COPIED: bool = false;
}

impl<T: ?Sized> IsValue for IsDeployment<T> {}

/// A value for a parameter `&T` of a constructor: one that converts to a `T`.
#[diagnostic::on_unimplemented(
    message = "a value of type `{Self}` cannot be passed to a parameter of type `{T}`",
    label = "expected `{T}`, found `{Self}`",
    note = "help: pass the arguments of `new` in their order; one for a parameter `&T` is anything that converts to a `T`"
)]
pub trait IntoArgument<T> {
    #[doc(hidden)]
    fn convert(argument: Self) -> T;
}

#[diagnostic::do_not_recommend]
impl<T, A: Into<T>> IntoArgument<T> for A {
    #[inline]
    fn convert(argument: A) -> T {
        argument.into()
    }
}
