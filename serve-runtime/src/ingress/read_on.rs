//! Reads what is left of a body that is not needed.
//!
//! A request may be answered before its body was read: it is refused, or its deadline has passed. If the connection
//! were closed then, with unread bytes in it, it would be reset, and the client might never see the answer.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, BodyDataStream, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::header;
use futures_util::{Stream, StreamExt};
use tokio::runtime::Handle;
use tokio::time::timeout;

/// The most that is still read, in bytes. A client that sends more than that is cut off.
const MOST: usize = 16 * 1024 * 1024;

/// How long a client may take for it.
const LONGEST: Duration = Duration::from_secs(10);

/// How long it may pause. Until then its connection is not closed.
const PAUSE: Duration = Duration::from_secs(1);

/// A body that is read to its end, also if it is dropped before.
struct ReadOn {
    body: Option<BodyDataStream>,
    /// Whether the client sends it only once it is read.
    is_awaited: bool,
}

/// Has the body of a request read to its end, whatever becomes of the request.
pub(super) async fn to_the_end(request: Request) -> Request {
    let is_awaited = request.headers().contains_key(header::EXPECT);
    request.map(|body| match body.is_end_stream() {
        true => body,
        false => Body::from_stream(ReadOn {
            body: Some(body.into_data_stream()),
            is_awaited,
        }),
    })
}

impl Stream for ReadOn {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.is_awaited = false;
        let Some(body) = &mut self.body else {
            return Poll::Ready(None);
        };
        let chunk = std::task::ready!(body.poll_next_unpin(cx));
        if !matches!(chunk, Some(Ok(_))) {
            self.body = None;
        }
        Poll::Ready(chunk)
    }
}

impl Drop for ReadOn {
    fn drop(&mut self) {
        if self.is_awaited {
            return;
        }
        if let (Some(body), Ok(runtime)) = (self.body.take(), Handle::try_current()) {
            runtime.spawn(timeout(LONGEST, discard(body)));
        }
    }
}

async fn discard(mut body: BodyDataStream) {
    let mut left = MOST;
    while let Ok(Some(Ok(chunk))) = timeout(PAUSE, body.next()).await {
        match left.checked_sub(chunk.len()) {
            Some(rest) => left = rest,
            None => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_body_that_is_dropped_is_read_to_its_end() {
        let (read, mut seen) = tokio::sync::mpsc::unbounded_channel();
        let chunks = futures_util::stream::iter(1..=5).map(move |number| {
            read.send(number).unwrap();
            Ok::<_, std::io::Error>("chunk")
        });
        let request = to_the_end(Request::new(Body::from_stream(chunks))).await;
        let mut body = request.into_body().into_data_stream();
        assert_eq!(body.next().await.unwrap().unwrap(), "chunk");
        drop(body);
        for number in 1..=5 {
            assert_eq!(seen.recv().await, Some(number));
        }
    }

    #[tokio::test]
    async fn a_body_that_has_no_end_is_cut_off() {
        let endless =
            futures_util::stream::repeat_with(|| Ok::<_, std::io::Error>(vec![0; MOST / 8]));
        let endless = Body::from_stream(endless);
        discard(endless.into_data_stream()).await;
    }
}
