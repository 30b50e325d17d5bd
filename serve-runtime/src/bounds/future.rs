//! What a deployment's functions come to.

use std::future::Future;

use futures_util::Stream;

use crate::BoxError;

/// The call of an `async fn`: it may continue on any thread after an `.await`, so what it holds
/// meanwhile must be `Send`.
#[inline]
pub fn in_place<F: Future + Send>(call: F) -> F {
    call
}

/// What a streaming `async fn` returns: it is read on any thread, so it must be `Send`.
#[inline]
pub fn stream_in_place<S: Stream + Send>(stream: S) -> S {
    stream
}

/// What a deployment's `Result` may carry as its error.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the error of a deployment",
    label = "not an error that can be passed on",
    note = "implement `std::error::Error` for it, or return `serve_runtime::Result`"
)]
pub trait DeploymentError: Sized {
    #[doc(hidden)]
    fn boxed(error: Self) -> BoxError;
}

#[diagnostic::do_not_recommend]
#[doc(hidden)]
impl<E: Into<BoxError>> DeploymentError for E {
    fn boxed(error: E) -> BoxError {
        error.into()
    }
}
