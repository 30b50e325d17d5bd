//! Passing a value to a parameter.
//!
//! Every argument in an input block goes through one of these traits. An expression is passed after the
//! witness of its parameter's type, so that rustc knows the expected type first, and literals and
//! `.into()` infer. An edge is passed before the witness: its type is known, and if the types do not
//! match, the error has the words below and points at the user's token.
//!
//! Generated code calls the functions by the trait's name: for a function with a bound, rustc would add a
//! note that points into this file.

use std::marker::PhantomData;

use crate::Shared;
use crate::bounds::witness::Sig;
use crate::executor::slot::Slot;

/// A parameter that accepts a value of type `T`: a `T`, or the `Shared<T>` of a parameter `&T`.
///
/// The parameter's type implements the trait, because it is always known: the argument's type may follow
/// from it.
#[diagnostic::on_unimplemented(
    message = "a value of type `{T}` cannot be passed to a parameter of type `{Self}`",
    label = "expected `{Self}`, found `{T}`",
    note = "help: pass a `{Self}`, or let the parameter take a `{T}`; a `Shared<T>` is a parameter that is written as `&T`"
)]
#[doc(hidden)]
pub trait Accepts<T>: Sized {
    /// Passes the value of an expression.
    #[doc(hidden)]
    fn give(wanted: Sig<Self>, value: T) -> Self;

    /// Passes the value of an edge that has no other consumer.
    #[doc(hidden)]
    fn hand_over(value: T, wanted: Sig<Self>) -> Self;
}

/// A parameter that accepts a value of type `T` that has several consumers.
#[diagnostic::on_unimplemented(
    message = "a value of type `{T}` cannot be passed to a parameter of type `{Self}`",
    label = "expected `{Self}`, found `{T}`",
    note = "help: pass a `{Self}`, or let the parameter take a `{T}`; a `Shared<T>` is a parameter that is written as `&T`"
)]
#[doc(hidden)]
pub trait AcceptsOneOf<T>: Sized {
    /// What it takes of the value, a copy or a pointer: the parameter's own type.
    #[doc(hidden)]
    type Taken;

    /// What the parameter asks for. Only here its type is compared with the value's, so that a wrong type is one
    /// error.
    #[doc(hidden)]
    #[inline]
    fn ask(_: &Slot<T>, _: Sig<Self>) -> Ask<T, Self, Self::Taken> {
        Ask(PhantomData)
    }

    #[doc(hidden)]
    #[inline]
    fn share_out<V: Is<Self>>(_: Ask<T, Self, V>, one: One<T, V>) -> Self {
        V::it(one.0)
    }
}

/// What a parameter of type `P` asks of a value of type `T`.
pub struct Ask<T, P, V>(PhantomData<(T, P, V)>);

/// The same type.
pub trait Is<T> {
    #[doc(hidden)]
    fn it(this: Self) -> T;
}

#[diagnostic::do_not_recommend]
impl<T> Is<T> for T {
    #[inline]
    fn it(this: T) -> T {
        this
    }
}

/// What one of several consumers takes of a value of type `T`.
pub struct One<T, V>(V, PhantomData<T>);

impl<T> One<T, T> {
    /// A copy.
    #[inline]
    pub fn value(one: Self) -> T {
        one.0
    }
}

/// The answer of a graph, made of a value of type `T`.
#[diagnostic::on_unimplemented(
    message = "the answer must be a value of type `{Self}`, but the last value is of type `{T}`",
    label = "expected `{Self}`, found `{T}`",
    note = "help: write `-> {T}`, or end with a call that returns `{Self}`"
)]
#[doc(hidden)]
pub trait Answers<T>: Sized {
    #[doc(hidden)]
    fn answer(value: T, wanted: Sig<Self>) -> Self;
}

/// The value of an arm of a choice: every arm has the type of the first one.
#[diagnostic::on_unimplemented(
    message = "this arm gives `{T}`, but the first arm gives `{Self}`",
    label = "expected `{Self}`, found `{T}`",
    note = "all arms of a `match` or an `if` must have the same type"
)]
#[doc(hidden)]
pub trait SameValue<T>: Sized {
    #[doc(hidden)]
    fn same(value: T, wanted: Sig<Self>) -> Self;
}

/// The condition of an `if`.
#[diagnostic::on_unimplemented(
    message = "the condition of an `if` must be of type `bool`, but this is of type `{Self}`",
    label = "expected `bool`, found `{Self}`"
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

/// A part of a value that several nodes read, which one of them moves.
#[diagnostic::on_unimplemented(
    message = "a part of a value that several nodes read is moved, but `{Self}` is not `Clone`",
    label = "this `{Self}` is moved out of a value that another node (or the next item) also reads",
    note = "borrow it, as in `&value.part`; or derive `Clone` for it"
)]
pub trait PartOfShared: Sized {
    #[doc(hidden)]
    fn copy(part: &Self) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: Clone> PartOfShared for T {
    #[inline]
    fn copy(part: &T) -> T {
        part.clone()
    }
}

/// A value that is used more than once: it can be copied, or its users take a pointer, `Shared<T>`.
///
/// Generated code requires it for all uses at the second one: rustc reports it once.
#[diagnostic::on_unimplemented(
    message = "`{T}` is used more than once, but it is not `Clone`",
    label = "used again here (or by the next item, in a `map`)",
    note = "help: write `#[derive(Clone)]` above the type, or let nodes take it by reference, as `&{T}`; a `Streaming` has one reader: let a node collect it into a `Vec`"
)]
pub trait Duplicate<T>: Sized {
    #[doc(hidden)]
    fn one(slot: &mut Slot<T>) -> One<T, Self>;
}

#[diagnostic::do_not_recommend]
impl<T: Clone> Duplicate<T> for T {
    #[inline]
    fn one(slot: &mut Slot<T>) -> One<T, T> {
        One(slot.value(), PhantomData)
    }
}

#[diagnostic::do_not_recommend]
impl<T> Duplicate<T> for Shared<T> {
    #[inline]
    fn one(slot: &mut Slot<T>) -> One<T, Shared<T>> {
        One(slot.share(), PhantomData)
    }
}

#[diagnostic::do_not_recommend]
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

#[diagnostic::do_not_recommend]
impl<T> AcceptsOneOf<T> for T {
    type Taken = T;
}

#[diagnostic::do_not_recommend]
impl<T> AcceptsOneOf<T> for Shared<T> {
    type Taken = Shared<T>;
}

#[diagnostic::do_not_recommend]
impl<T, U: Accepts<T>> Answers<T> for U {
    #[inline]
    fn answer(value: T, wanted: Sig<Self>) -> Self {
        U::hand_over(value, wanted)
    }
}

#[diagnostic::do_not_recommend]
impl<T> SameValue<T> for T {
    #[inline]
    fn same(value: T, _: Sig<Self>) -> T {
        value
    }
}
