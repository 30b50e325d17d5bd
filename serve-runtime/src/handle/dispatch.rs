//! Runs the calls of a handle: with the handle's options, and on a fake if there is one.

use std::future::Future;
use std::sync::Arc;

use futures_util::future::Either;

use super::generic::{Handle, Paired};
#[cfg(feature = "testing")]
use crate::engine::Fakeable;
use crate::executor::call::with_options;
use crate::{Callable, Result};

/// Makes the call of a method. A call with options is boxed, so a call without them costs only one check of a
/// pointer.
#[inline]
pub fn dispatch<'h, D, A, T, F, C>(
    handle: &'h Handle<D>,
    method: &'static str,
    arguments: A,
    call: C,
) -> impl Future<Output = Result<T>> + use<'h, D, A, T, F, C>
where
    D: Callable + Paired<Engine = <D as Callable>::Engine>,
    A: 'static,
    T: 'static,
    C: FnOnce(&'h Arc<<D as Callable>::Engine>, A) -> F,
    F: Future<Output = Result<T>>,
{
    let call = |arguments| call(&handle.engine, arguments);
    match &handle.options {
        None => Either::Left(unless_faked(handle, method, arguments, call)),
        Some(options) => Either::Right(Box::pin(with_options(options, async move {
            unless_faked(handle, method, arguments, call).await
        }))),
    }
}

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
    match handle.engine.fake().call(method, arguments) {
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
