//! Handing a value to a parameter.
//!
//! Every argument in an input block goes through one of these functions. An expression comes after
//! the witness of its parameter's type, so that rustc knows what is wanted before it looks at what is
//! given, and literals and `.into()` infer. An edge comes before it: its type is known, and where it
//! does not fit, the error is in the words below, at the user's token.

use std::marker::PhantomData;

use super::slot::Slot;
use super::witness::Sig;
use crate::Shared;

/// Gives what an expression comes to, to the parameter that it was written for.
#[inline]
pub fn give<T, P: Accepts<T>>(_wanted: Sig<P>, value: T) -> P {
    P::accept(value)
}

/// Gives an edge's value to the only parameter that wants it.
#[inline]
pub fn hand_over<T, P: Accepts<T>>(value: T, _wanted: Sig<P>) -> P {
    P::accept(value)
}

/// Gives an edge's value to one of several parameters that want it.
#[inline]
pub fn share_out<T, P>(slot: &mut Slot<T>, _wanted: Sig<P>) -> P
where
    P: AcceptsOneOf<T>,
    Edge<P>: FanOut<P>,
{
    P::accept_one_of(slot, Edge::<P>::duplicate)
}

/// Gives a value to an expression that others share it with. The witness only keeps rustc from
/// blaming the slot, which the user did not write.
#[inline]
pub fn duplicate<T>(slot: &mut Slot<T>, _itself: Sig<T>) -> T
where
    Edge<T>: FanOut<T>,
{
    Edge::<T>::duplicate(slot)
}

/// A parameter that can be given a value of type `T`.
///
/// The parameter is the one that implements, because its type is always known: an argument's type
/// may follow from it.
#[diagnostic::on_unimplemented(
    message = "a value of type `{T}` cannot be given to a parameter of type `{Self}`",
    label = "this is a `{T}`, but a `{Self}` is wanted here",
    note = "a parameter `&T` is given a `Shared<T>`, which any `T` becomes"
)]
pub trait Accepts<T> {
    #[doc(hidden)]
    fn accept(value: T) -> Self;
}

/// A parameter that can be given a value of type `T` that several consumers want.
#[diagnostic::on_unimplemented(
    message = "a value of type `{T}` cannot be given to a parameter of type `{Self}`",
    label = "this is a `{T}`, but a `{Self}` is wanted here",
    note = "a parameter `&T` is given a `Shared<T>`, which any `T` becomes"
)]
pub trait AcceptsOneOf<T> {
    #[doc(hidden)]
    fn accept_one_of(slot: &mut Slot<T>, duplicate: fn(&mut Slot<Self>) -> Self) -> Self
    where
        Self: Sized;
}

/// What [`FanOut`] is implemented for.
pub struct Edge<T>(PhantomData<T>);

/// A value of which several consumers can have one each. `Shared<T>` always is.
#[diagnostic::on_unimplemented(
    message = "`{T}` reaches several nodes, but it is not `Clone`",
    label = "this takes the value, and another node needs it, too",
    note = "take it by reference, as `&{T}`: all its consumers share one value then; or derive `Clone` for it"
)]
pub trait FanOut<T> {
    #[doc(hidden)]
    fn duplicate(slot: &mut Slot<T>) -> T;
}

#[diagnostic::do_not_recommend]
impl<T: Clone> FanOut<T> for Edge<T> {
    #[inline]
    fn duplicate(slot: &mut Slot<T>) -> T {
        slot.value()
    }
}

#[diagnostic::do_not_recommend]
impl<T> Accepts<T> for T {
    #[inline]
    fn accept(value: T) -> T {
        value
    }
}

#[diagnostic::do_not_recommend]
impl<T> Accepts<T> for Shared<T> {
    #[inline]
    fn accept(value: T) -> Shared<T> {
        Shared::new(value)
    }
}

#[diagnostic::do_not_recommend]
impl<T> AcceptsOneOf<T> for T {
    #[inline]
    fn accept_one_of(slot: &mut Slot<T>, duplicate: fn(&mut Slot<T>) -> T) -> T {
        duplicate(slot)
    }
}

#[diagnostic::do_not_recommend]
impl<T> AcceptsOneOf<T> for Shared<T> {
    #[inline]
    fn accept_one_of(slot: &mut Slot<T>, _: fn(&mut Slot<Self>) -> Self) -> Shared<T> {
        slot.share()
    }
}
