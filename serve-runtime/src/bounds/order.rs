//! Two arguments in each other's place, which would be two wrong types.
//!
//! Generated code calls `(&&order).__wanted(call)`: rustc tries `&&Order`, `&Order` and `Order` in turn, and takes the
//! first whose requirements hold. So arguments in the right order cost one lookup, and swapped ones are one error:
//! what it returns then has no type, and the checks of each argument are silent.

use std::marker::PhantomData;

use super::Accepts;
use super::witness::Sig;

/// Two parameters, `P` and `Q`, and the types of their arguments.
pub struct Order<P, Q, T, U>(PhantomData<(P, Q, T, U)>);

impl<P, Q, T, U> Order<P, Q, T, U> {
    /// Of the witnesses of parameters and arguments.
    #[inline]
    pub fn of(_: &Sig<P>, _: &Sig<Q>, _: Sig<T>, _: Sig<U>) -> Self {
        Order(PhantomData)
    }
}

/// Arguments that are not swapped.
#[diagnostic::on_unimplemented(
    message = "these two arguments are swapped: expected `{P}` and `{Q}`, found `{Q}` and `{P}`",
    label = "swap this argument and that of type `{P}`"
)]
pub trait Unswapped<P, Q> {
    /// The call and the witnesses of the parameters.
    type Wanted;
}

/// What no two types are.
pub struct Arguments;

/// Each argument fits.
pub trait InOrder<P, Q> {
    #[doc(hidden)]
    fn __wanted<C>(self, call: C) -> (C, Sig<P>, Sig<Q>);
}

impl<P: Accepts<T>, Q: Accepts<U>, T, U> InOrder<P, Q> for &&Order<P, Q, T, U> {
    #[inline]
    fn __wanted<C>(self, call: C) -> (C, Sig<P>, Sig<Q>) {
        (call, Sig::new(), Sig::new())
    }
}

/// Each argument would fit in the other's place.
pub trait Swapped<P, Q> {
    #[doc(hidden)]
    fn __wanted<C>(self, call: C) -> <Arguments as Unswapped<P, Q>>::Wanted
    where
        Arguments: Unswapped<P, Q>;
}

impl<P: Accepts<U>, Q: Accepts<T>, T, U> Swapped<P, Q> for &Order<P, Q, T, U> {
    fn __wanted<C>(self, _: C) -> <Arguments as Unswapped<P, Q>>::Wanted
    where
        Arguments: Unswapped<P, Q>,
    {
        unreachable!("no arguments are `Unswapped`")
    }
}

/// Neither: each argument has an error of its own.
pub trait OutOfOrder<P, Q> {
    #[doc(hidden)]
    fn __wanted<C>(self, call: C) -> (C, Sig<P>, Sig<Q>);
}

impl<P, Q, T, U> OutOfOrder<P, Q> for Order<P, Q, T, U> {
    fn __wanted<C>(self, call: C) -> (C, Sig<P>, Sig<Q>) {
        (call, Sig::new(), Sig::new())
    }
}
