//! One node of one request.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use pin_project_lite::pin_project;

use crate::executor::turns::{SpentIn, Turns};
use crate::panics::catch_drop_panic;

pin_project! {
    /// A node's call: not started, in flight, or finished.
    ///
    /// It lives in the request's own future and is started there, in place, at most once.
    pub struct Node<F> {
        #[pin]
        call: Option<F>,
        // Microseconds since the request began, if the request has a clock.
        begun: u32,
        spent: SpentIn,
    }

    impl<F> PinnedDrop for Node<F> {
        fn drop(this: Pin<&mut Self>) {
            if this.call.is_some() {
                this.abandon();
            }
        }
    }
}

/// The inputs are not ready.
const WAITING: u32 = u32::MAX;
/// The call has been started, but not yet polled for the first time with a clock.
const STARTED: u32 = 0;

impl<F> Node<F> {
    /// A node that waits for its inputs.
    #[inline]
    #[allow(clippy::new_without_default)] // only for generated code
    pub fn new() -> Self {
        Node {
            call: None,
            begun: WAITING,
            spent: SpentIn::never(),
        }
    }

    /// Whether the call has not been started.
    #[inline]
    pub fn is_waiting(self: &Pin<&mut Self>) -> bool {
        self.begun == WAITING
    }

    /// Starts the call.
    #[inline]
    pub fn start(self: Pin<&mut Self>, call: F) {
        let mut node = self.project();
        *node.begun = STARTED;
        node.call.set(Some(call));
    }

    /// Whether the call is in flight.
    #[inline]
    pub fn is_in_flight(self: &Pin<&mut Self>) -> bool {
        self.call.is_some()
    }

    /// Whether [`Node::begin`] has been called.
    pub(crate) fn has_begun(self: &Pin<&mut Self>) -> bool {
        self.begun != STARTED
    }

    /// Records that the call is polled for the first time, that long after its request began.
    pub(crate) fn begin(self: Pin<&mut Self>, since: Duration) {
        // Rounded up, so that the call does not seem to take longer than it does.
        let micros = since.as_micros() + 1;
        *self.project().begun = u32::try_from(micros).unwrap_or(WAITING).min(WAITING - 1);
    }

    /// When [`Node::begin`] was called.
    pub(crate) fn begun(self: &Pin<&mut Self>) -> Duration {
        Duration::from_micros(self.begun.into())
    }

    /// Its request ends without it. Panics of the values that it has are not the request's.
    #[cold]
    fn abandon(self: Pin<&mut Self>) {
        catch_drop_panic(|| self.project().call.set(None));
    }

    /// Drops the call instead of making it.
    pub(crate) fn give_up(self: Pin<&mut Self>) {
        self.project().call.set(None);
    }
}

impl<F: Future> Node<F> {
    /// Takes the output of the call, once; `None` before the call has finished, and afterwards.
    #[inline(always)]
    pub fn poll(self: Pin<&mut Self>, turns: &Turns, cx: &mut Context<'_>) -> Option<F::Output> {
        let mut node = self.project();
        let call = node.call.as_mut().as_pin_mut()?;
        if turns.leave_out(*node.spent) {
            return next_turn(cx);
        }
        match call.poll(cx) {
            Poll::Pending => {
                turns.pending(node.spent);
                None
            }
            Poll::Ready(output) => {
                node.call.set(None);
                Some(output)
            }
        }
    }
}

/// A node that is left out in this turn asks for another one.
#[cold]
fn next_turn<T>(cx: &Context<'_>) -> Option<T> {
    cx.waker().wake_by_ref();
    None
}

/// Declares nodes, each pinned where it stands.
#[doc(hidden)]
#[macro_export]
macro_rules! __nodes {
    ($($node:ident),*) => {
        $(let mut $node = $crate::private::pin::pin!($crate::private::Node::new());)*
    };
}
pub use crate::__nodes as nodes;

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
