//! Streams: what a method returns piece by piece.
//!
//! ```text
//! handle.write(prompt).await? ─> Streaming<Token> ─poll─> Produced ─poll─> the producer, and the permit it holds
//!                                                            ^               │ in place: makes an item when asked
//!                                                            └── channel <───┴ on a thread: at most AHEAD ahead
//! ```
//!
//! The producer is a future that the reader of the stream polls, so that dropping the stream drops it,
//! and with it what it holds: its permit for a replica, or its job on a thread. At the request's deadline
//! a timer drops it (`until_deadline.rs`), as the stream may not be read at that time.

mod in_request;
mod produced;
mod until_deadline;
mod yielder;

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::stream::BoxStream;
use futures_util::{Stream, StreamExt};

pub use self::produced::streaming;
#[cfg(feature = "http")]
pub(crate) use self::until_deadline::UntilDeadline;
pub use self::yielder::Yielder;
use crate::Result;
pub(crate) use crate::streaming::in_request::in_request;

/// What a method returns piece by piece: what calls of an `async fn .. -> impl Stream<Item = T>` and of a
/// `fn .. -> impl Iterator<Item = T>` return, and what edges carry of them. Ray Serve's
/// `DeploymentResponseGenerator`.
///
/// It has one consumer, and is not `Clone`. An error is its last item. A call counts as in flight until its
/// stream has ended: it keeps its permit for a replica, its request is waited for by
/// [`Deployed::shutdown`](crate::Deployed::shutdown), and the request's deadline ends the stream as
/// [`DeadlineExceeded`](crate::ErrorKind::DeadlineExceeded). Dropping the stream cancels the call.
///
/// Items are made as they are read: in place when they are asked for, on a thread at most a few ahead. If the
/// stream is not read, the deadline still releases what the call holds; without one, a stream that is kept and
/// not read keeps it.
///
/// An error names the node that made it: `writer.write`, or `story.call/writer.write` in a graph that is bound in
/// another one as `story`. Signatures must name `Streaming` itself: behind a type alias, a call counts as finished
/// once it has returned.
///
/// ```
/// use serve_runtime::prelude::*;
///
/// #[deployment]
/// struct Writer;
///
/// #[deployment]
/// impl Writer {
///     fn new() -> Self {
///         Writer
///     }
///
///     /// Word by word, on the replica's thread.
///     fn write(&self, prompt: String) -> impl Iterator<Item = String> {
///         (0..3).map(move |n| format!("{prompt} {n}"))
///     }
/// }
///
/// #[deployment]
/// async fn shout(words: Streaming<String>) -> Streaming<String> {
///     words.map(|word| word.to_uppercase())
/// }
///
/// #[graph]
/// fn story() -> Streaming<String> {
///     let writer = Writer::bind();
///
///     input(|prompt: String| shout(writer.write(prompt)))
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<()> {
/// let app = deploy(story()).await?;
/// let mut words = app.call("word".into()).await?;
/// assert_eq!(words.next().await.transpose()?, Some("WORD 0".to_owned()));
/// assert_eq!(words.collect().await?, ["WORD 1", "WORD 2"]);
/// # Ok(())
/// # }
/// ```
#[must_use = "a stream makes nothing until it is read, and its call is cancelled if it is dropped"]
pub struct Streaming<T>(BoxStream<'static, Result<T>>);

impl<T: Send + 'static> Streaming<T> {
    /// A stream of items.
    pub fn new(items: impl Stream<Item = T> + Send + 'static) -> Self {
        Streaming::of_results(items.map(Ok))
    }

    /// A stream whose items may be errors; the first error ends it.
    pub fn of_results(items: impl Stream<Item = Result<T>> + Send + 'static) -> Self {
        let until_error = items.scan(false, |failed, item| {
            let item = (!std::mem::replace(failed, item.is_err())).then_some(item);
            std::future::ready(item)
        });
        Streaming::made_of(until_error.fuse())
    }

    pub(crate) fn made_of(items: impl Stream<Item = Result<T>> + Send + 'static) -> Self {
        Streaming(items.boxed())
    }

    /// Changes each item.
    pub fn map<U: Send + 'static>(
        self,
        mut change: impl FnMut(T) -> U + Send + 'static,
    ) -> Streaming<U> {
        Streaming::made_of(self.0.map(move |item| item.map(&mut change)))
    }

    /// The next item; `None` after the last one.
    pub async fn next(&mut self) -> Option<Result<T>> {
        self.0.next().await
    }

    /// All items that are still to come.
    ///
    /// # Errors
    ///
    /// What the stream ends with.
    pub async fn collect(mut self) -> Result<Vec<T>> {
        let mut items = Vec::new();
        while let Some(item) = self.next().await {
            items.push(item?);
        }
        Ok(items)
    }
}

impl<T> Stream for Streaming<T> {
    type Item = Result<T>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<T>>> {
        self.0.poll_next_unpin(cx)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl<T> fmt::Debug for Streaming<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Streaming")
    }
}
