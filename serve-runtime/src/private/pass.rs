//! Handing a value to a parameter.
//!
//! Every argument in an input block goes through [`give`] or [`share_out`]. The witness of the
//! parameter's type comes first, so that rustc knows what is wanted before it looks at what is
//! given: literals and `.into()` infer, and a wrong edge is one error, at the user's token, in the
//! words below.

use super::slot::Slot;
use super::witness::Sig;
use crate::Shared;

/// Gives a value to the only parameter that wants it.
#[inline]
pub fn give<T, P>(_wanted: Sig<P>, value: T) -> P
where
    Edge: Give<T, P>,
{
    Edge::give(value)
}

/// Gives a value to one of several parameters that want it.
#[inline]
pub fn share_out<T, P>(_wanted: Sig<P>, slot: &mut Slot<T>) -> P
where
    Edge: ShareOut<T, P>,
{
    Edge::share_out(slot)
}

/// Gives a value to an expression that others share it with.
#[inline]
pub fn duplicate<T: FanOut>(slot: &mut Slot<T>) -> T {
    T::fan_out(slot)
}

/// What the ways of a value are implemented for.
pub struct Edge;

/// A value of type `T` can be given to a parameter of type `P`.
#[diagnostic::on_unimplemented(
    message = "a value of type `{T}` cannot be given to a parameter of type `{P}`",
    label = "this is a `{T}`, but a `{P}` is wanted here"
)]
pub trait Give<T, P> {
    #[doc(hidden)]
    fn give(value: T) -> P;
}

/// A value of type `T` that several consumers want can be given to a parameter of type `P`.
#[diagnostic::on_unimplemented(
    message = "a value of type `{T}` cannot be given to a parameter of type `{P}`",
    label = "this is a `{T}`, but a `{P}` is wanted here"
)]
pub trait ShareOut<T, P> {
    #[doc(hidden)]
    fn share_out(slot: &mut Slot<T>) -> P;
}

/// A value that several nodes take by value.
#[diagnostic::on_unimplemented(
    message = "`{Self}` reaches several nodes, but it is not `Clone`",
    label = "this node takes the value, and another one needs it, too",
    note = "take it by reference, as `&{Self}`: all consumers share one value then; or derive `Clone` for it"
)]
pub trait FanOut: Sized {
    #[doc(hidden)]
    fn fan_out(slot: &mut Slot<Self>) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: Clone> FanOut for T {
    #[inline]
    fn fan_out(slot: &mut Slot<T>) -> T {
        slot.value()
    }
}

impl<T> Give<T, T> for Edge {
    #[inline]
    fn give(value: T) -> T {
        value
    }
}

impl<T> Give<T, Shared<T>> for Edge {
    #[inline]
    fn give(value: T) -> Shared<T> {
        Shared::new(value)
    }
}

impl<T: FanOut> ShareOut<T, T> for Edge {
    #[inline]
    fn share_out(slot: &mut Slot<T>) -> T {
        T::fan_out(slot)
    }
}

impl<T> ShareOut<T, Shared<T>> for Edge {
    #[inline]
    fn share_out(slot: &mut Slot<T>) -> Shared<T> {
        slot.share()
    }
}
