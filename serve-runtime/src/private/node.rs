//! One node of one request.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

pin_project! {
    /// A node's call: not started, under way, or over.
    ///
    /// It lives in the request's own future and is started there, in place, at most once.
    pub struct Node<F> {
        #[pin]
        call: Option<F>,
        waiting: bool,
    }
}

impl<F: Future> Node<F> {
    /// A node that waits for its inputs.
    #[inline]
    #[allow(clippy::new_without_default)] // for generated code alone
    pub fn new() -> Self {
        Node {
            call: None,
            waiting: true,
        }
    }

    /// Whether the call has not been started.
    #[inline]
    pub fn is_waiting(self: &Pin<&mut Self>) -> bool {
        self.waiting
    }

    /// Whether the call has been started, and has not come to its end.
    #[cfg(feature = "testing")]
    pub(crate) fn is_under_way(self: &Pin<&mut Self>) -> bool {
        self.call.is_some()
    }

    /// Whether the call has come to its end.
    #[inline]
    pub fn is_over(self: Pin<&mut Self>) -> bool {
        !self.waiting && self.call.is_none()
    }

    /// Starts the call.
    #[inline]
    pub fn start(self: Pin<&mut Self>, call: F) {
        let mut node = self.project();
        *node.waiting = false;
        node.call.set(Some(call));
    }

    /// What the call came to, once; `None` before it is over, and after.
    #[inline]
    pub fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Option<F::Output> {
        let mut node = self.project();
        match node.call.as_mut().as_pin_mut()?.poll(cx) {
            Poll::Pending => None,
            Poll::Ready(output) => {
                node.call.set(None);
                Some(output)
            }
        }
    }
}
