//! The stream that a graph answers with: its request is under way until it ends, and no longer than its deadline.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_util::Stream;
use tokio::time::Instant;

use crate::Result;
use crate::streaming::Streaming;
use crate::streaming::perishable::Perishable;

/// A stream, and what is given back when it ends or is dropped.
struct Counted<T, G> {
    // Dropped in this order: who waits for the guard finds everything given back.
    items: Option<Streaming<T>>,
    guard: Option<Perishable<G>>,
    /// The node of another graph that called for it.
    caller: Option<String>,
}

/// Keeps a guard until a stream ends or the deadline passes. An error's way begins with `caller`, if there is one.
pub(crate) fn counted<T, G>(
    items: Streaming<T>,
    guard: G,
    deadline: Option<Instant>,
    caller: Option<String>,
) -> Streaming<T>
where
    T: Send + 'static,
    G: Send + 'static,
{
    Streaming::made_of(Counted {
        items: Some(items),
        guard: Some(Perishable::new(guard, deadline)),
        caller,
    })
}

/// The guard is only dropped.
impl<T, G> Unpin for Counted<T, G> {}

impl<T, G> Stream for Counted<T, G> {
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
