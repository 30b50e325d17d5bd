//! Runs the calls of a handle: with the handle's options, and on a fake if there is one.

use std::future::Future;
use std::pin::Pin;
use std::result::Result as StdResult;

use futures_util::future::Either;

use super::generic::{Handle, Paired};
#[cfg(feature = "testing")]
use crate::engine::Fakeable;
use crate::executor::call::with_options;
use crate::{Callable, Result};

/// The call of a handle that has options, or whose deployment has a fake; otherwise returns the arguments.
///
/// `again` makes the call through a handle without options. The future is boxed: nearly all calls have neither options
/// nor a fake, and pay only one check of a pointer, and their futures are no larger for it.
#[inline]
pub fn detour<'h, D, A, T, F, C>(
    handle: &'h Handle<D>,
    method: &'static str,
    arguments: A,
    again: C,
) -> StdResult<A, Pin<Box<impl Future<Output = Result<T>> + use<'h, D, A, T, F, C>>>>
where
    D: Callable + Paired<Engine = <D as Callable>::Engine>,
    A: 'static,
    T: 'static,
    C: FnOnce(Handle<D>, A) -> F,
    F: Future<Output = Result<T>>,
{
    if let Some(options) = &handle.options {
        let call = again(Handle::new(&handle.engine), arguments);
        return Err(Box::pin(Either::Left(with_options(options, call))));
    }
    faked(handle, method, arguments).map_err(|reply| Box::pin(Either::Right(reply)))
}

/// The reply of the deployment's fake, or the arguments if it has none.
#[cfg(feature = "testing")]
#[inline]
fn faked<D: Callable + Paired<Engine = <D as Callable>::Engine>, A: 'static, T: 'static>(
    handle: &Handle<D>,
    method: &'static str,
    arguments: A,
) -> StdResult<A, impl Future<Output = Result<T>> + use<D, A, T>> {
    match handle.engine.fake().call(method, arguments) {
        Ok(reply) => Err(reply),
        Err(arguments) => Ok(arguments),
    }
}

/// The arguments: without the feature `testing` there are no fakes.
#[cfg(not(feature = "testing"))]
#[inline]
fn faked<D: Paired, A, T>(
    _handle: &Handle<D>,
    _method: &'static str,
    arguments: A,
) -> StdResult<A, std::future::Pending<Result<T>>> {
    Ok(arguments)
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
