//! A stream as the body of a response, written item by item.
//!
//! | the client accepts | an item | an error, which ends the response |
//! |---|---|---|
//! | anything | a line of JSON, `application/x-ndjson` | a line `{"error": {"error": .., "node": ..}}` |
//! | `text/event-stream` | an event `data: JSON` | an event named `error`, with the same data as the body of an error response |
//!
//! Each item is a chunk of its own. The response waits for the first item, though not for long: an error up to then has a
//! status of its own. A later one cannot change the status, which has been sent.
//!
//! A stream that the server cuts off, because it stops, ends with such an error, and without the chunk that ends a body.

use std::fmt;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;
use futures_util::{FutureExt, Stream, StreamExt, stream};
use serde::Serialize;
use tokio::time::{sleep, timeout};
use tracing::Span;

use super::answer::{Problem, report};
use super::cut_off::CutOff;
use super::floats::Floats;
use super::handler::stopped;
use crate::panics::catch;
use crate::{Result, Streaming};

/// How long a stream of events is silent at most: then a comment is sent, so that proxies do not take the connection for idle.
/// Browsers ignore it. The HTML standard recommends 15 s.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// How items are separated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Format {
    Lines,
    Events,
}

impl Format {
    /// The format that the client accepts.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let accepted = headers.get_all(header::ACCEPT).iter();
        let accepted = accepted.filter_map(|accept| accept.to_str().ok());
        let mut accepted = accepted.flat_map(|accept| accept.split(','));
        let is_events = |kind: &str| {
            let essence = kind.split(';').next().unwrap_or_default().trim();
            essence.eq_ignore_ascii_case("text/event-stream")
        };
        match accepted.any(is_events) {
            true => Format::Events,
            false => Format::Lines,
        }
    }

    fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Format::Lines => "application/x-ndjson",
            Format::Events => "text/event-stream",
        })
    }

    fn item(self, json: &str) -> String {
        match self {
            Format::Lines => format!("{json}\n"),
            Format::Events => format!("data: {json}\n\n"),
        }
    }

    fn error(self, problem: &Problem) -> String {
        let json = serde_json::to_string(problem).unwrap_or_default();
        match self {
            Format::Lines => format!("{{\"error\":{json}}}\n"),
            Format::Events => format!("event: error\ndata: {json}\n\n"),
        }
    }
}

/// The items of a response as texts in JSON; an error is the last one.
pub(super) struct Texts {
    items: BoxStream<'static, Result<String>>,
    format: Format,
}

impl Texts {
    pub(super) fn of<T>(items: Streaming<T>, format: Format, floats: Floats) -> Self
    where
        T: Serialize + Send + 'static,
    {
        let items = StreamExt::map(items, move |item| {
            item.and_then(|item| catch(|| floats.text(&item)))
        });
        Texts {
            items: items.boxed(),
            format,
        }
    }

    /// Waits for the first item, at most for `longest`. Returns an error that comes in its place.
    pub(super) async fn begun(self, longest: Duration) -> Result<Self> {
        let Texts { mut items, format } = self;
        let items = match timeout(longest, items.next()).await {
            Err(_) => items,
            Ok(None) => stream::empty().boxed(),
            Ok(Some(first)) => stream::iter([Ok(first?)]).chain(items).boxed(),
        };
        Ok(Texts { items, format })
    }

    /// A response whose body is the stream, for as long as the server lets it.
    pub(super) fn answer(self, place: impl Send + 'static, cut_off: CutOff) -> Response {
        let format = self.format;
        let body = body(self, place, cut_off);
        let mut response = Response::new(Body::from_stream(in_span(body, Span::current())));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, format.content_type());
        // Asks proxies to pass on each item as it arrives.
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        response
    }
}

/// What is still to be sent of a stream.
enum Rest<P> {
    Items {
        items: BoxStream<'static, Result<String>>,
        cut_off: BoxFuture<'static, ()>,
        /// Kept until the stream has ended.
        place: P,
    },
    /// Nothing, after the error that the server has been stopped.
    CutOff,
    /// Nothing.
    Ended,
}

/// The body of a stream.
fn body<P>(
    texts: Texts,
    place: P,
    cut_off: CutOff,
) -> impl Stream<Item = Result<Bytes, StreamCutOff>>
where
    P: Send + 'static,
{
    let Texts { items, format } = texts;
    let cut_off = cut_off.reached().boxed();
    let rest = Rest::Items {
        items,
        cut_off,
        place,
    };
    stream::unfold(rest, move |rest| rest.next(format))
}

impl<P> Rest<P> {
    /// The next chunk. If the server cuts the stream off, the last item says so, and the connection is aborted: the chunk
    /// that ends a body would tell clients that look at nothing else that it is whole.
    async fn next(self, format: Format) -> Option<(Result<Bytes, StreamCutOff>, Self)> {
        match self {
            Rest::Items {
                mut items,
                mut cut_off,
                place,
            } => {
                let item = tokio::select! {
                    biased;
                    () = &mut cut_off => {
                        let error = format.error(&stopped());
                        return Some((Ok(error.into()), Rest::CutOff));
                    }
                    item = items.next() => item?,
                    () = sleep(KEEP_ALIVE), if format == Format::Events => {
                        let rest = Rest::Items { items, cut_off, place };
                        return Some((Ok(Bytes::from_static(b": keep-alive\n\n")), rest));
                    }
                };
                let (text, rest) = match item {
                    Ok(json) => {
                        let rest = Rest::Items {
                            items,
                            cut_off,
                            place,
                        };
                        (format.item(&json), rest)
                    }
                    Err(error) => (format.error(&report(&error)), Rest::Ended),
                };
                Some((Ok(text.into()), rest))
            }
            Rest::CutOff => {
                // Until then the last item is sent: what has not been sent is lost when the connection is aborted.
                tokio::task::yield_now().await;
                Some((Err(StreamCutOff), Rest::Ended))
            }
            Rest::Ended => None,
        }
    }
}

/// Aborts a connection, as the server has been stopped in the middle of a stream.
#[derive(Debug)]
struct StreamCutOff;

impl fmt::Display for StreamCutOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the server has been stopped")
    }
}

impl std::error::Error for StreamCutOff {}

/// Log lines from the making of later items belong to the request, as those of the first item do.
fn in_span<S: Stream>(items: S, span: Span) -> impl Stream<Item = S::Item> {
    let mut items = Box::pin(items);
    stream::poll_fn(move |cx| span.in_scope(|| items.as_mut().poll_next(cx)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_sent_to_clients_that_accept_them() {
        for (accept, wanted) in [
            ("*/*", Format::Lines),
            ("application/x-ndjson", Format::Lines),
            ("text/event-stream", Format::Events),
            ("application/json, Text/Event-Stream;q=0.9", Format::Events),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
            assert_eq!(Format::of(&headers), wanted, "{accept}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn silent_events_are_kept_alive_and_lines_are_not() {
        for (format, expected) in [
            (
                Format::Events,
                &[": keep-alive\n\n", ": keep-alive\n\n", "data: 1\n\n"][..],
            ),
            (Format::Lines, &["1\n"][..]),
        ] {
            let items = stream::once(async {
                sleep(Duration::from_secs(40)).await;
                Ok("1".to_owned())
            });
            let texts = Texts {
                items: items.boxed(),
                format,
            };
            let chunks: Vec<_> = body(texts, (), CutOff::never())
                .map(|chunk| String::from_utf8(chunk.unwrap().to_vec()).unwrap())
                .collect()
                .await;
            assert_eq!(chunks, expected);
        }
    }

    #[test]
    #[cfg(feature = "cli")] // which brings a subscriber
    fn items_are_made_in_the_span_of_their_request() {
        tracing::subscriber::with_default(tracing_subscriber::registry(), || {
            let span = tracing::info_span!("request");
            let current = stream::once(async { Span::current().id() });
            let items = in_span(current, span.clone());
            let made: Vec<_> = futures_util::FutureExt::now_or_never(items.collect()).unwrap();
            assert!(span.id().is_some());
            assert_eq!(made, [span.id()]);
        });
    }
}
