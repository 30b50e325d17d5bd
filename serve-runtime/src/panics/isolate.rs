//! Keeping a panic to the call that it happens in.

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

pin_project! {
    /// A future whose panics come out as an `Err`.
    ///
    /// Like `futures::FutureExt::catch_unwind`, but inlined into its caller.
    pub struct Isolate<F> {
        #[pin]
        future: F,
    }
}

/// Keeps the panics of a future in.
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
        match catch_unwind(AssertUnwindSafe(|| future.poll(cx))) {
            Ok(poll) => poll.map(Ok),
            Err(payload) => Poll::Ready(Err(payload)),
        }
    }
}
