//! The results of a deployment's functions.

use std::future::Future;
use std::pin::Pin;

use futures_util::Stream;

use crate::BoxError;

/// The call of an `async fn`. It may continue on any thread after an `.await`, so the values that it
/// holds across one must be `Send`.
#[inline]
pub fn in_place<F: Future + Send>(call: F) -> F {
    call
}

/// The same in a box: a call that may lead to further calls of itself.
#[inline]
pub fn in_place_boxed<'a, F: Future + Send + 'a>(
    call: F,
) -> Pin<Box<dyn Future<Output = F::Output> + Send + 'a>> {
    Box::pin(call)
}

/// The stream that an `async fn` returns. It may be read on any thread, so it must be `Send`.
#[inline]
pub fn stream_in_place<S: Stream + Send>(stream: S) -> S {
    stream
}

/// The error type of a deployment's `Result`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the error of a deployment",
    label = "not an error type",
    note = "implement `std::error::Error` for it, or return `serve_runtime::Result`"
)]
#[doc(hidden)]
pub trait DeploymentError: Sized {
    #[doc(hidden)]
    fn boxed(error: Self) -> BoxError;
}

#[diagnostic::do_not_recommend]
impl<E: Into<BoxError>> DeploymentError for E {
    fn boxed(error: E) -> BoxError {
        error.into()
    }
}
