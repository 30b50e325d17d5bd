//! Whether code runs inside of a request that has begun.
//!
//! In place, a thread-local says so while the request is polled. Work that continues elsewhere - on a replica's
//! thread, in a stream's producer - has a [`Request`](crate::Request) of its own, which says it.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::request::context::is_current_begun;

thread_local! {
    static POLLED: Cell<bool> = const { Cell::new(false) };
}

/// Whether the calling code works for a request that has begun. A task that was spawned by it does not.
pub(crate) fn is_inside() -> bool {
    POLLED.get() || is_current_begun()
}

pin_project! {
    /// A request that has begun.
    pub(crate) struct Inside<F> {
        #[pin]
        request: F,
    }
}

/// Marks a future as a request that has begun.
#[inline]
pub(crate) fn inside<F: Future>(request: F) -> Inside<F> {
    Inside { request }
}

/// Puts back what was there, also when the request panics.
struct Before(bool);

impl Drop for Before {
    #[inline]
    fn drop(&mut self) {
        POLLED.set(self.0);
    }
}

impl<F: Future> Future for Inside<F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let _before = Before(POLLED.replace(true));
        self.project().request.poll(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Request;

    #[tokio::test]
    async fn a_request_is_inside_while_it_is_polled_and_so_is_what_it_starts_elsewhere() {
        assert!(!is_inside());
        let forked = inside(async {
            assert!(is_inside());
            tokio::task::yield_now().await;
            assert!(!tokio::spawn(async { is_inside() }).await.unwrap());
            Request::current().fork()
        });
        let forked = forked.await;
        assert!(!is_inside());
        assert!(forked.scope(async { is_inside() }).await);
    }

    #[test]
    fn a_panic_puts_back_what_was_there() {
        use futures_util::FutureExt;
        let panics = inside(async { panic!("as it should") });
        let caught = std::panic::AssertUnwindSafe(panics).catch_unwind();
        assert!(caught.now_or_never().unwrap().is_err());
        assert!(!is_inside());
    }
}
