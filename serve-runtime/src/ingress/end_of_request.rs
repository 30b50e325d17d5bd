//! The line that the log has for the end of each request.
//!
//! An answer that is there as a whole ends its request. A stream does so with its last item, or when it is dropped:
//! by a client that leaves, or by a server that stops.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use axum::body::{Body, Bytes, HttpBody};
use axum::http::header;
use axum::response::Response;
use hyper::body::{Frame, SizeHint};
use tracing::Span;

use super::clients::Client;
use super::cut_off::CutOff;

/// A request whose end has not been logged. Dropping it says why there is no answer, or not the whole of it.
pub(super) struct Unended {
    start: Instant,
    span: Span,
    cut_off: CutOff,
    client: Arc<Client>,
    /// Probes come every few seconds.
    is_probe: bool,
    status: Option<u16>,
    is_ended: bool,
}

impl Unended {
    pub(super) fn new(span: Span, cut_off: CutOff, client: Arc<Client>, is_probe: bool) -> Self {
        client.has_asked();
        Unended {
            start: Instant::now(),
            span,
            cut_off,
            client,
            is_probe,
            status: None,
            is_ended: false,
        }
    }

    /// The request is answered: now, or with the last item of its stream.
    pub(super) fn answered(mut self, response: Response) -> Response {
        self.status = Some(response.status().as_u16());
        if response.body().size_hint().exact().is_some() {
            self.end();
            return response;
        }
        let length = response.headers().get(header::CONTENT_LENGTH);
        let length = length.and_then(|length| length.to_str().ok()?.parse().ok());
        response.map(|body| {
            Body::new(Streamed {
                body,
                left: length,
                request: self,
            })
        })
    }

    fn end(&mut self) {
        if self.is_ended {
            return; // a body that is polled after its error
        }
        self.client.is_answered();
        let (status, latency_ms) = (self.status, self.start.elapsed().as_millis());
        self.is_ended = true;
        self.span.in_scope(|| match self.is_probe {
            true => tracing::debug!(status, latency_ms, "answered"),
            false => tracing::info!(status, latency_ms, "answered"),
        });
    }

    fn fail(&mut self, error: &axum::Error) {
        self.client.is_answered();
        let (status, latency_ms) = (self.status, self.start.elapsed().as_millis());
        self.is_ended = true;
        self.span
            .in_scope(|| tracing::warn!(status, latency_ms, %error, "the answer was cut off"));
    }
}

impl Drop for Unended {
    fn drop(&mut self) {
        if self.is_ended {
            return;
        }
        self.client.is_answered(); // as far as it will be
        let (status, latency_ms) = (self.status, self.start.elapsed().as_millis());
        let why = match self.cut_off.is_reached() {
            true => Some("the server has been stopped"),
            false => self.client.why_cut_off(),
        };
        self.span.in_scope(|| match why {
            Some(why) => tracing::warn!(status, latency_ms, "cut off: {why}"),
            None => tracing::info!(status, latency_ms, "the client disconnected"),
        });
    }
}

/// A body that ends its request when it ends.
struct Streamed {
    body: Body,
    /// The bytes that are still to come, if the head tells: hyper asks for no more than those.
    left: Option<u64>,
    request: Unended,
}

impl HttpBody for Streamed {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = self.get_mut();
        let frame = ready!(Pin::new(&mut this.body).poll_frame(cx));
        match &frame {
            Some(Ok(frame)) => {
                let bytes = frame.data_ref().map_or(0, Bytes::len);
                this.left = this.left.map(|left| left.saturating_sub(bytes as u64));
                if this.left == Some(0) {
                    this.request.end();
                }
            }
            Some(Err(error)) => this.request.fail(error),
            None => this.request.end(),
        }
        Poll::Ready(frame)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
#[cfg(feature = "cli")] // which brings a subscriber
pub(super) mod tests {
    use std::io::Write;
    use std::sync::Mutex;

    use futures_util::{StreamExt, stream};

    use super::*;
    use crate::ingress::cut_off::cut_off;
    use crate::util::lock;

    #[derive(Clone, Default)]
    pub(in crate::ingress) struct Log(Arc<Mutex<Vec<u8>>>);

    impl Write for Log {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            lock(&self.0).write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    impl Log {
        /// What is logged by a function.
        pub(in crate::ingress) fn of(logs: impl FnOnce(&Log)) -> Vec<String> {
            let log = Log::default();
            let writer = log.clone();
            let subscriber = tracing_subscriber::fmt()
                .with_writer(move || writer.clone())
                .with_ansi(false)
                .finish();
            tracing::subscriber::with_default(subscriber, || logs(&log));
            log.lines()
        }

        fn lines(&self) -> Vec<String> {
            let text = String::from_utf8(lock(&self.0).clone()).unwrap();
            text.lines().map(str::to_owned).collect()
        }
    }

    /// What is logged of a stream of these items, of which `read` are read.
    fn logged(items: &[Result<&'static str, &'static str>], read: usize, stopped: bool) -> String {
        logged_of(Response::new(Body::empty()), items, read, stopped)
    }

    /// The same, with that head.
    fn logged_of(
        head: Response,
        items: &[Result<&'static str, &'static str>],
        read: usize,
        stopped: bool,
    ) -> String {
        let lines = Log::of(|log| {
            let (give_up, is_cut_off) = cut_off();
            let request = Unended::new(Span::none(), is_cut_off, Arc::new(Client::new()), false);
            let items = stream::iter(items.to_vec());
            let body = Body::from_stream(items.map(|item| item.map_err(std::io::Error::other)));
            let response = request.answered(head.map(|_| body));
            assert_eq!(log.lines().len(), 0, "before the stream has ended");
            let body = response.into_body().into_data_stream();
            if stopped {
                give_up.now();
            }
            let read = body.take(read).collect::<Vec<_>>();
            futures_util::FutureExt::now_or_never(read).unwrap();
        });
        let [line] = &*lines else {
            panic!("not one line: {lines:?}");
        };
        line.split_once("end_of_request: ").unwrap().1.to_owned()
    }

    #[test]
    fn a_streams_line_comes_at_its_end_and_says_who_ended_it() {
        let items = [Ok("1"), Ok("2")];
        let whole = logged(&items, 3, false);
        assert!(
            whole.starts_with("answered status=200 latency_ms="),
            "{whole}"
        );
        let left = logged(&items, 1, false);
        assert!(
            left.starts_with("the client disconnected status=200"),
            "{left}"
        );
        // hyper does not ask for the end of a body whose length it knows.
        let known = Response::builder().header(header::CONTENT_LENGTH, 2);
        let known = logged_of(known.body(Body::empty()).unwrap(), &items, 2, false);
        assert!(known.starts_with("answered status=200"), "{known}");
        let stopped = logged(&items, 1, true);
        assert!(
            stopped.starts_with("cut off: the server has been stopped"),
            "{stopped}"
        );
        let failed = logged(&[Ok("1"), Err("stop")], 3, true);
        assert!(
            failed.starts_with("the answer was cut off status=200"),
            "{failed}"
        );
    }
}
