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

impl<F> Node<F> {
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

    /// Starts the call.
    #[inline]
    pub fn start(self: Pin<&mut Self>, call: F) {
        let mut node = self.project();
        *node.waiting = false;
        node.call.set(Some(call));
    }

    /// Whether the call has been started and is not over.
    #[inline]
    pub fn is_under_way(self: &Pin<&mut Self>) -> bool {
        self.call.is_some()
    }
}

impl<F: Future> Node<F> {
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

pin_project! {
    /// Several nodes that are pinned as one.
    pub struct Nodes<F, R> {
        #[pin]
        first: Node<F>,
        #[pin]
        rest: R,
    }
}

impl<F, R> Nodes<F, R> {
    /// One more node before others.
    #[inline]
    pub fn before(rest: R) -> Self {
        Nodes {
            first: Node::new(),
            rest,
        }
    }

    /// The first one, and the others.
    #[inline]
    pub fn split(self: Pin<&mut Self>) -> (Pin<&mut Node<F>>, Pin<&mut R>) {
        let nodes = self.project();
        (nodes.first, nodes.rest)
    }
}
