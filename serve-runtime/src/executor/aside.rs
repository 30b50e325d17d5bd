//! A future that is kept out of the one that it is a part of.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

/// A future in a box, polled by a call that is never inlined: what few requests need costs the others neither
/// room nor code.
pub struct Aside<F>(Pin<Box<F>>);

/// Keeps a future aside.
#[cold]
#[inline(never)]
pub fn aside<F: Future>(future: F) -> Aside<F> {
    Aside(Box::pin(future))
}

impl<F: Future> Future for Aside<F> {
    type Output = F::Output;

    #[cold]
    #[inline(never)]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        self.0.as_mut().poll(cx)
    }
}
