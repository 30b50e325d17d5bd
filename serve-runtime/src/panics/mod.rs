//! Contains the panics of users' code. No other code in the crate catches panics.
//!
//! `docs/guide/operations.md` has the table: which code of a user's runs where, who is told of its panic, and which
//! replica is replaced for it. A replica is replaced only for what ran as its own call. What fails first is the answer:
//! a `Drop` that panics afterwards is logged.

mod drop_quietly;

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

pub(crate) use self::drop_quietly::catch_drop_panic;
#[allow(unreachable_pub)] // generated code uses it
pub use self::drop_quietly::drop_quietly;
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
        // `None` once it has been dropped.
        #[pin]
        future: Option<F>,
    }

    /// A future that is given up drops what it holds here, in the code that gives it up. The user's `Drop`s must not
    /// panic there: that code is not to blame, and there is an error that is answered already.
    impl<F> PinnedDrop for Isolate<F> {
        fn drop(this: Pin<&mut Self>) {
            let mut future = this.project().future;
            if future.is_some() {
                give_up(|| future.set(None));
            }
        }
    }
}

/// Kept out of the calls, nearly all of which come to their end.
#[cold]
#[inline(never)]
fn give_up(dropping: impl FnOnce()) {
    catch_drop_panic(dropping);
}

/// Catches the panics of a future.
#[inline]
pub fn isolate<F: Future>(future: F) -> Isolate<F> {
    let future = Some(future);
    Isolate { future }
}

impl<F: Future> Future for Isolate<F> {
    type Output = Result<F::Output, Box<dyn Any + Send>>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut future = self.project().future;
        let poll = || {
            let Some(running) = future.as_mut().as_pin_mut() else {
                return Poll::Pending; // it is not polled again once it has ended
            };
            let poll = running.poll(cx);
            if poll.is_ready() {
                future.set(None); // its own drop has nothing left to do
            }
            poll
        };
        // A future that panicked is not polled again: its caller has the panic as its result.
        match unwound(poll) {
            Ok(poll) => poll.map(Ok),
            Err(payload) => Poll::Ready(Err(payload)),
        }
    }
}
