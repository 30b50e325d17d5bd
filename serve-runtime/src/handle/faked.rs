//! A call that a fake may answer in the place of the engine.

use std::future::Future;

#[cfg(feature = "testing")]
use futures_util::future::Either;

use super::generic::{Handle, Paired};
#[cfg(feature = "testing")]
use crate::Callable;
use crate::Result;
#[cfg(feature = "testing")]
use crate::engine::Fakeable;

/// Has the deployment's fake answer a call, if it has one. A macro, so that the call itself stays in its method:
/// a future that is handed on is copied, with the room for all that it will ever hold.
#[cfg(feature = "testing")]
#[doc(hidden)]
#[macro_export]
macro_rules! __answer_if_faked {
    ($engine:expr, $method:literal, ($($argument:ident,)*), $behind:expr) => {
        let ($($argument,)*) = match $crate::private::Fakeable::fake_slot(&**$engine).call($method, ($($argument,)*)) {
            $crate::private::result::Result::Ok(reply) => return reply.await.map_err($behind),
            $crate::private::result::Result::Err(arguments) => arguments,
        };
    };
}

/// Without the feature `testing` there are no fakes.
#[cfg(not(feature = "testing"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __answer_if_faked {
    ($($code:tt)*) => {};
}

pub use crate::__answer_if_faked as answer_if_faked;

/// The future of a call: the fake's, if there is one.
#[cfg(feature = "testing")]
#[inline]
pub fn unless_faked<D, A, T, F, C>(
    handle: &Handle<D>,
    method: &'static str,
    arguments: A,
    call: C,
) -> impl Future<Output = Result<T>> + use<D, A, T, F, C>
where
    D: Callable + Paired<Engine = <D as Callable>::Engine>,
    A: 'static,
    T: 'static,
    C: FnOnce(A) -> F,
    F: Future<Output = Result<T>>,
{
    match handle.engine.fake_slot().call(method, arguments) {
        Ok(reply) => Either::Left(reply),
        Err(arguments) => Either::Right(call(arguments)),
    }
}

/// The future of a call.
#[cfg(not(feature = "testing"))]
#[inline]
pub fn unless_faked<D, A, T, F, C>(
    _handle: &Handle<D>,
    _method: &'static str,
    arguments: A,
    call: C,
) -> F
where
    D: Paired,
    C: FnOnce(A) -> F,
    F: Future<Output = Result<T>>,
{
    call(arguments)
}
