//! The reader's end of a stream, which drives its producer.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_util::future::BoxFuture;
use futures_util::{FutureExt, Stream};
use tokio::sync::mpsc;

use super::Streaming;
use super::until_deadline::UntilDeadline;
use super::yielder::{Opening, Yielder, yielder};
use crate::request::context::{Request, Waiting};
use crate::{Error, Result};

/// The items of a producer. Dropping it drops the producer.
struct Produced<T> {
    /// The node that errors are named after, unless they have been named.
    node: String,
    items: mpsc::Receiver<T>,
    /// `None` once it has ended.
    producer: Option<UntilDeadline<BoxFuture<'static, Result<()>>>>,
    /// What it ended with.
    error: Option<Error>,
}

/// Begins to produce; resolves once there is a stream, or an error instead of one.
///
/// The producer works for the caller's request, and counts as waited for until it ends: that the call has
/// returned does not mean that its stream is not read.
pub async fn streaming<T, F>(
    node: String,
    produce: impl FnOnce(Yielder<T>) -> F,
) -> Result<Streaming<T>>
where
    T: Send + 'static,
    F: Future<Output = Result<()>> + Send + 'static,
{
    let (yielder, items, mut opening) = yielder();
    let request = Request::current().fork();
    let deadline = request.deadline();
    let reader = Waiting(request.clone());
    let producing = produce(yielder);
    let producer = request.scope(async move {
        let _reader = reader;
        producing.await
    });
    let mut produced = Produced {
        node,
        items,
        producer: Some(UntilDeadline::new(producer.boxed(), deadline)),
        error: None,
    };
    poll_fn(|cx| produced.poll_open(&mut opening, cx)).await?;
    Ok(Streaming::made_of(produced))
}

impl<T> Produced<T> {
    /// An error instead of a stream is the call's own.
    ///
    /// Only whether the producer has begun and what it ended with decide, not which of them is seen first: a thread
    /// that fails drops its end before its answer has arrived, and may have begun and failed meanwhile.
    fn poll_open(&mut self, opening: &mut Opening, cx: &mut Context<'_>) -> Poll<Result<()>> {
        self.produce(cx);
        match self.producer {
            _ if opening.has_begun(cx) => Poll::Ready(Ok(())), // its items are read first
            None => Poll::Ready(self.error.take().map_or(Ok(()), Err)),
            Some(_) => Poll::Pending,
        }
    }

    /// Polls the producer. It is dropped as soon as it has ended.
    fn produce(&mut self, cx: &mut Context<'_>) {
        let Some(producer) = &mut self.producer else {
            return;
        };
        let ended = match producer.take() {
            None => Err(Error::deadline_passed()), // the stream was not read in time
            Some(mut working) => match working.poll_unpin(cx) {
                Poll::Ready(ended) => ended,
                Poll::Pending if producer.put_back(working, cx) => return,
                Poll::Pending => Err(Error::deadline_passed()),
            },
        };
        self.producer = None;
        self.error = ended.err();
        self.items.close(); // after the deadline a thread may still be producing
    }
}

impl<T> Stream for Produced<T> {
    type Item = Result<T>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<T>>> {
        let this = self.get_mut();
        this.produce(cx);
        if let Some(item) = ready!(this.items.poll_recv(cx)) {
            return Poll::Ready(Some(Ok(item)));
        }
        // A thread's items end before its answer has arrived, which may be an error.
        if this.producer.is_some() {
            return Poll::Pending;
        }
        let error = this.error.take();
        Poll::Ready(error.map(|error| Err(error.at_first(&this.node))))
    }
}

#[cfg(test)]
mod tests;
