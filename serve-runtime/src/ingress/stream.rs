//! A stream as the body of a response, written item by item.
//!
//! | the client accepts | an item | an error, which ends the response |
//! |---|---|---|
//! | anything | a line of JSON, `application/x-ndjson` | a line `{"error": {"error": .., "node": ..}}` |
//! | `text/event-stream` | an event `data: JSON` | an event named `error`, with the same data as the body of an error response |
//!
//! Each item is a chunk of its own. The status has been sent by then, so an error after the first item
//! cannot change it.

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use futures_util::{Stream, StreamExt, stream};
use serde::Serialize;
use tracing::Span;

use super::answer::Problem;
use crate::Streaming;
use crate::panics::catch;

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

/// A response whose body is a stream.
pub(super) fn answer<T>(items: Streaming<T>, format: Format) -> Response
where
    T: Serialize + Send + 'static,
{
    let mut response = Response::new(Body::from_stream(body(items, format)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, format.content_type());
    // Asks proxies to pass on each item as it arrives.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

fn body<T>(
    items: Streaming<T>,
    format: Format,
) -> impl Stream<Item = crate::Result<Bytes, axum::Error>>
where
    T: Serialize + Send + 'static,
{
    let until_error = items.scan(false, move |failed, item| {
        if *failed {
            return std::future::ready(None);
        }
        let json = item.and_then(|item| catch(|| Ok(serde_json::to_string(&item)?)));
        let text = match json {
            Ok(json) => format.item(&json),
            Err(error) => {
                *failed = true;
                format.error(&crate::ingress::handler::report(&error))
            }
        };
        std::future::ready(Some(text))
    });
    in_span(until_error.map(|text| Ok(text.into())), Span::current())
}

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
