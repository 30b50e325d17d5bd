//! Contains the panics of users' code. No other code in the crate catches panics.

mod drop_quietly;

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

pub(crate) use self::drop_quietly::{catch_drop_panic, drop_quietly};
use crate::{Error, Result};

/// The payload of a panic.
pub(crate) type Payload = Box<dyn Any + Send>;

/// Calls a function that may panic, and returns the payload of a panic.
#[inline]
pub(crate) fn unwound<T>(function: impl FnOnce() -> T) -> Result<T, Payload> {
    catch_unwind(AssertUnwindSafe(function))
}

/// Calls a user's function, and returns its panic as an error.
pub(crate) fn catch<T>(function: impl FnOnce() -> Result<T>) -> Result<T> {
    unwound(function).unwrap_or_else(|payload| Err(Error::panicked(payload)))
}

pin_project! {
    /// A future that resolves to the payload as an `Err` if the inner future panics.
    ///
    /// Like `futures::FutureExt::catch_unwind`, but inlined into its caller.
    pub struct Isolate<F> {
        #[pin]
        future: F,
    }
}

/// Catches the panics of a future.
#[inline]
pub fn isolate<F: Future>(future: F) -> Isolate<F> {
    Isolate { future }
}

impl<F: Future> Future for Isolate<F> {
    type Output = Result<F::Output, Box<dyn Any + Send>>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let future = self.project().future;
        // A future that panicked is not polled again: its caller has the panic as its result.
        match unwound(|| future.poll(cx)) {
            Ok(poll) => poll.map(Ok),
            Err(payload) => Poll::Ready(Err(payload)),
        }
    }
}
