//! The producer's end of a stream.

use std::fmt;
use std::future::poll_fn;
use std::pin::pin;
use std::task::{Context, Poll};

use futures_util::{FutureExt, Stream, StreamExt};
use tokio::runtime::Handle;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::oneshot::error::TryRecvError;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout_at;

use crate::engine::CurrentCall;
use crate::request::context::deadline;
use crate::{Error, Result};

/// How many items a thread makes ahead of the reader, besides the one that it is making.
pub(super) const AHEAD: usize = 4;

/// The producer's end of a stream.
pub struct Yielder<T> {
    items: mpsc::Sender<T>,
    opened: oneshot::Sender<()>,
}

/// Whether a producer has begun.
pub(super) enum Opening {
    Waiting(oneshot::Receiver<()>),
    /// It has begun, or never will.
    Over(bool),
}

impl Opening {
    /// The task is woken when that changes; an end that comes in the same poll is not missed.
    pub(super) fn has_begun(&mut self, cx: &mut Context<'_>) -> bool {
        let Opening::Waiting(opened) = self else {
            return matches!(self, Opening::Over(true));
        };
        // Looks first: a task without a budget sees everything pending.
        let begun = match opened.try_recv() {
            Ok(()) => Some(true),
            Err(TryRecvError::Closed) => Some(false),
            Err(TryRecvError::Empty) => match opened.poll_unpin(cx) {
                Poll::Ready(opened) => Some(opened.is_ok()),
                Poll::Pending => None,
            },
        };
        if let Some(begun) = begun {
            *self = Opening::Over(begun);
        }
        begun == Some(true)
    }
}

/// A producer's end, the receiver of its items, and whether it has begun.
pub(super) fn yielder<T>() -> (Yielder<T>, mpsc::Receiver<T>, Opening) {
    let (items, received) = mpsc::channel(AHEAD);
    let (opened, open) = oneshot::channel();
    (Yielder { items, opened }, received, Opening::Waiting(open))
}

impl<T> Yielder<T> {
    /// Forwards the items of a stream, in place: an item is made when it is asked for.
    ///
    /// The reader polls this, and takes the item before it polls again: so it never needs to be woken.
    pub async fn forward(self, stream: impl Stream<Item = Result<T>>) -> Result<()> {
        let mut stream = pin!(stream);
        let _ = self.opened.send(()); // fails if it is not waited for
        let mut asked = false;
        poll_fn(|_| match std::mem::replace(&mut asked, true) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        })
        .await;
        while let Some(item) = stream.next().await {
            let item = item?;
            if self.items.try_send(item).is_err() {
                return Ok(()); // the reader has gone
            }
            poll_fn(|_| match self.items.capacity() == AHEAD {
                true => Poll::Ready(()),
                false => Poll::Pending,
            })
            .await;
        }
        Ok(())
    }

    /// Forwards the items of an iterator, on a thread, which waits while enough is made ahead.
    pub fn drive(self, items: impl Iterator<Item = Result<T>>) -> Result<()> {
        let _ = self.opened.send(());
        for item in items {
            let sent = match self.items.try_send(item?) {
                Err(TrySendError::Full(item)) => wait_for_room(&self.items, item)?,
                sent => sent.is_ok(),
            };
            if !sent {
                break; // the reader has gone
            }
        }
        Ok(())
    }
}

impl<T> fmt::Debug for Yielder<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Yielder")
            .field("capacity", &self.items.capacity())
            .finish_non_exhaustive()
    }
}

/// Waits at most until the deadline, even if the stream is not read.
fn wait_for_room<T>(items: &mpsc::Sender<T>, item: T) -> Result<bool> {
    let sent = CurrentCall::while_unread(|| match deadline() {
        None => Ok(items.blocking_send(item)),
        Some(deadline) => Handle::current()
            .block_on(timeout_at(deadline, items.send(item)))
            .map_err(|_| Error::deadline_passed()),
    })?;
    Ok(sent.is_ok())
}
