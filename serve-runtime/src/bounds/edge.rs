//! Handing a value to a parameter.
//!
//! Every argument in an input block goes through one of these traits. An expression comes after the
//! witness of its parameter's type, so that rustc knows what is wanted before it looks at what is
//! given, and literals and `.into()` infer. An edge comes before it: its type is known, and where it
//! does not fit, the error is in the words below, at the user's token.
//!
//! Their functions are called by the trait's name: for a function with a bound, rustc would add a note
//! that points into this file.

use std::marker::PhantomData;

use crate::Shared;
use crate::bounds::witness::Sig;
use crate::executor::slot::Slot;

/// A parameter that can be given a value of type `T`: a `T`, or the `Shared<T>` of a parameter `&T`.
///
/// The parameter is the one that implements, because its type is always known: an argument's type
/// may follow from it.
#[diagnostic::on_unimplemented(
    message = "a value of type `{T}` cannot be given to a parameter of type `{Self}`",
    label = "this is a `{T}`, but a `{Self}` is wanted here",
    note = "a parameter `&T` is given a `Shared<T>`, which any `T` becomes"
)]
pub trait Accepts<T>: Sized {
    /// What an expression comes to.
    #[doc(hidden)]
    fn give(wanted: Sig<Self>, value: T) -> Self;

    /// An edge's value, which nothing else wants.
    #[doc(hidden)]
    fn hand_over(value: T, wanted: Sig<Self>) -> Self;
}

/// A parameter that can be given a value of type `T` that several consumers want.
#[diagnostic::on_unimplemented(
    message = "a value of type `{T}` cannot be given to a parameter of type `{Self}`",
    label = "this is a `{T}`, but a `{Self}` is wanted here",
    note = "a parameter `&T` is given a `Shared<T>`, which any `T` becomes"
)]
pub trait AcceptsOneOf<T>: Sized {
    #[doc(hidden)]
    fn share_out(slot: &mut Slot<T>, wanted: Sig<Self>) -> Self;
}

/// What a graph answers with, made of a value of type `T`.
#[diagnostic::on_unimplemented(
    message = "this graph answers with a `{Self}`, but its last value is a `{T}`",
    label = "this is a `{T}`, but the answer is a `{Self}`"
)]
pub trait Answers<T>: Sized {
    #[doc(hidden)]
    fn answer(value: T, wanted: Sig<Self>) -> Self;
}

/// What the ways of a choice give: all of them what the first one gives.
#[diagnostic::on_unimplemented(
    message = "this way gives a `{T}`, but the first one gives a `{Self}`",
    label = "this is a `{T}`, but the first way gives a `{Self}`",
    note = "all ways of a `match` or an `if` give values of one type, whichever a request goes"
)]
pub trait SameValue<T>: Sized {
    #[doc(hidden)]
    fn same(value: T, wanted: Sig<Self>) -> Self;
}

/// A value that an `if` can depend on.
#[diagnostic::on_unimplemented(
    message = "an `if` cannot depend on a `{Self}`, only on a `bool`",
    label = "this is a `{Self}`, not a `bool`"
)]
pub trait Condition {
    #[doc(hidden)]
    fn holds(value: Self) -> bool;
}

#[diagnostic::do_not_recommend]
impl Condition for bool {
    #[inline]
    fn holds(value: bool) -> bool {
        value
    }
}

/// What [`Duplicate`] is implemented for.
pub struct EdgeOf<T>(PhantomData<T>);

/// A value of which several consumers can have one each. `Shared<T>` always is.
#[diagnostic::on_unimplemented(
    message = "`{T}` reaches several nodes, but it is not `Clone`",
    label = "this takes the value, and another node, or the next item, needs it, too",
    note = "take it by reference, as `&{T}`: all its consumers share one value then; or derive `Clone` for it",
    note = "a `Streaming` is read by one node: let a node gather it and return a `Vec`, or call for a stream of its own for each"
)]
pub trait Duplicate<T> {
    #[doc(hidden)]
    fn duplicate(slot: &mut Slot<T>) -> T;
}

#[diagnostic::do_not_recommend]
impl<T: Clone> Duplicate<T> for EdgeOf<T> {
    #[inline]
    fn duplicate(slot: &mut Slot<T>) -> T {
        slot.value()
    }
}

#[diagnostic::do_not_recommend]
#[doc(hidden)]
impl<T> Accepts<T> for T {
    #[inline]
    fn give(_: Sig<T>, value: T) -> T {
        value
    }

    #[inline]
    fn hand_over(value: T, _: Sig<T>) -> T {
        value
    }
}

/// A literal for a parameter `&str`.
#[diagnostic::do_not_recommend]
impl Accepts<&str> for Shared<String> {
    #[inline]
    fn give(_: Sig<Self>, value: &str) -> Shared<String> {
        Shared::new(value.to_owned())
    }

    #[inline]
    fn hand_over(value: &str, _: Sig<Self>) -> Shared<String> {
        Shared::new(value.to_owned())
    }
}

#[diagnostic::do_not_recommend]
impl<T> Accepts<T> for Shared<T> {
    #[inline]
    fn give(_: Sig<Self>, value: T) -> Shared<T> {
        Shared::new(value)
    }

    #[inline]
    fn hand_over(value: T, _: Sig<Self>) -> Shared<T> {
        Shared::new(value)
    }
}

// What is not `Clone` is reported as that, so this may be recommended.
#[doc(hidden)]
impl<T> AcceptsOneOf<T> for T
where
    EdgeOf<T>: Duplicate<T>,
{
    #[inline]
    fn share_out(slot: &mut Slot<T>, _: Sig<T>) -> T {
        EdgeOf::<T>::duplicate(slot)
    }
}

#[diagnostic::do_not_recommend]
impl<T> AcceptsOneOf<T> for Shared<T> {
    #[inline]
    fn share_out(slot: &mut Slot<T>, _: Sig<Self>) -> Shared<T> {
        slot.share()
    }
}

#[diagnostic::do_not_recommend]
#[doc(hidden)]
impl<T, U: Accepts<T>> Answers<T> for U {
    #[inline]
    fn answer(value: T, wanted: Sig<Self>) -> Self {
        U::hand_over(value, wanted)
    }
}

#[diagnostic::do_not_recommend]
#[doc(hidden)]
impl<T> SameValue<T> for T {
    #[inline]
    fn same(value: T, _: Sig<Self>) -> T {
        value
    }
}
