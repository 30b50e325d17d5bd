//! The stream that a graph answers with: its request is in flight until it ends, at most until its deadline.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_util::Stream;
use tokio::time::Instant;

use crate::Result;
use crate::streaming::Streaming;
use crate::streaming::until_deadline::UntilDeadline;

/// A stream, and a guard that is dropped when it ends or is dropped.
struct InRequest<T, G> {
    // Dropped in this order: code that waits for the guard finds that the stream has released everything.
    items: Option<Streaming<T>>,
    guard: Option<UntilDeadline<G>>,
    /// The node of another graph that called for it.
    caller: Option<String>,
}

/// Keeps a guard until a stream ends or the deadline passes. Errors are named after `caller`, if there is one.
pub(crate) fn in_request<T, G>(
    items: Streaming<T>,
    guard: G,
    deadline: Option<Instant>,
    caller: Option<String>,
) -> Streaming<T>
where
    T: Send + 'static,
    G: Send + 'static,
{
    Streaming::made_of(InRequest {
        items: Some(items),
        guard: Some(UntilDeadline::new(guard, deadline)),
        caller,
    })
}

/// The guard is only dropped.
impl<T, G> Unpin for InRequest<T, G> {}

impl<T, G> Stream for InRequest<T, G> {
    type Item = Result<T>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<T>>> {
        let Some(items) = &mut self.items else {
            return Poll::Ready(None);
        };
        let item = ready!(Pin::new(items).poll_next(cx));
        if !matches!(item, Some(Ok(_))) {
            self.items = None;
            self.guard = None;
        }
        Poll::Ready(item.map(|item| {
            item.map_err(|error| match &self.caller {
                Some(caller) => error.at(caller),
                None => error,
            })
        }))
    }
}
