//! Where a producer puts what it makes.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use futures_util::{Stream, StreamExt};
use tokio::runtime::Handle;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout_at;

use crate::request::context::deadline;
use crate::{Error, Result};

/// How many items a thread makes ahead of who reads them, beside the one that it is at.
pub(super) const AHEAD: usize = 4;

/// The producer's end of a stream.
pub struct Yielder<T> {
    items: mpsc::Sender<T>,
    opened: oneshot::Sender<()>,
}

/// A producer's end, what arrives there, and the news that the producer has begun.
pub(super) fn yielder<T>() -> (Yielder<T>, mpsc::Receiver<T>, oneshot::Receiver<()>) {
    let (items, received) = mpsc::channel(AHEAD);
    let (opened, open) = oneshot::channel();
    (Yielder { items, opened }, received, open)
}

impl<T> Yielder<T> {
    /// Hands on what a stream gives, in place: an item is made when it is asked for.
    ///
    /// Whoever reads polls this, and takes what it has put before they poll it again: so nobody needs to be
    /// woken.
    pub async fn forward(self, stream: impl Stream<Item = Result<T>>) -> Result<()> {
        let mut stream = pin!(stream);
        let _ = self.opened.send(()); // fails if nobody waits for it
        let mut asked = false;
        poll_fn(|_| match std::mem::replace(&mut asked, true) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        })
        .await;
        while let Some(item) = stream.next().await {
            let item = item?;
            if self.items.try_send(item).is_err() {
                return Ok(()); // nobody reads any more
            }
            poll_fn(|_| match self.items.capacity() == AHEAD {
                true => Poll::Ready(()),
                false => Poll::Pending,
            })
            .await;
        }
        Ok(())
    }

    /// Hands on what an iterator gives, on a thread, which waits while enough is made ahead.
    pub fn drive(self, items: impl Iterator<Item = Result<T>>) -> Result<()> {
        let _ = self.opened.send(());
        for item in items {
            let sent = match self.items.try_send(item?) {
                Err(TrySendError::Full(item)) => wait_for_room(&self.items, item)?,
                sent => sent.is_ok(),
            };
            if !sent {
                break; // nobody reads any more
            }
        }
        Ok(())
    }
}

/// Not longer than the deadline, also if nobody reads.
fn wait_for_room<T>(items: &mpsc::Sender<T>, item: T) -> Result<bool> {
    let sent = match deadline() {
        None => items.blocking_send(item),
        Some(deadline) => Handle::current()
            .block_on(timeout_at(deadline, items.send(item)))
            .map_err(|_| Error::deadline_passed())?,
    };
    Ok(sent.is_ok())
}
