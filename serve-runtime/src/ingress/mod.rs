//! HTTP: requests and responses.
//!
//! ```text
//! request -> request id -> admission -> decode -> graph -> encode -> response
//! ```
//!
//! | path | response |
//! |---|---|
//! | `POST` a route of the graph | its output as JSON; a [`Streaming`](crate::Streaming) output item by item |
//! | `GET /-/livez` | 200 as long as the process answers |
//! | `GET /-/healthz` | 200 where every deployment can answer, with those that are `UNHEALTHY`; else 503 with the reason |
//! | `GET /-/routes` | the routes and the graphs behind them |
//! | `GET /-/openapi.json` | the inputs and outputs of the routes, as OpenAPI |
//!
//! A request that has a deadline - the graph's `request_timeout_s`, or the client's
//! `x-request-timeout-seconds` if that is sooner - is answered by then:
//!
//! | status | when |
//! |---|---|
//! | 200 | the graph's output |
//! | 400 | the body is not JSON, or not what its content type says; a header is wrong (the message names it) |
//! | 404, 405 | nothing is served there; not a `POST` |
//! | 415 | the inputs cannot be read from that content type: [`FromBody`] |
//! | 408 | the body arrives too slowly: [`ServerOptions::min_data_rate`], [`ServerOptions::transfer_timeout`] |
//! | 413 | the body is larger than [`ServerOptions::max_body_bytes`] |
//! | 422 | a field is wrong; [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) |
//! | 500 | [`Failed`](crate::ErrorKind::Failed), [`Panicked`](crate::ErrorKind::Panicked) |
//! | 502 | [`Upstream`](crate::ErrorKind::Upstream) |
//! | 503 | [`Overloaded`](crate::ErrorKind::Overloaded), [`Unavailable`](crate::ErrorKind::Unavailable); with `Retry-After` |
//! | 504 | [`DeadlineExceeded`](crate::ErrorKind::DeadlineExceeded) |
//! | 400 to 599 | [`Error::with_status`](crate::Error::with_status) |
//!
//! # Bodies
//!
//! The content type says what a body is, and the type of the input says what is expected: [`FromBody`]. A body that is
//! neither JSON nor text, or larger than [`MAX_BYTES_IN_PLACE`], is decoded on tokio's
//! threads for blocking work; responses larger than that are written there as well.
//!
//! A number that is out of the range of its type, as `1e999` is for all, is a wrong field, in JSON, in a form and in a text. In
//! a text, `inf` and `NaN` are floats.
//!
//! JSON has no NaN and no infinity. Those of an answer are written as `null`, which is no float for the next reader: a
//! client that sends the answer back gets a 422. With [`ServerOptions::refuse_non_finite`] such an answer is a 500 instead,
//! and such an item of a stream an error; the log says where it is, as in `scores[3]`. In a [`serde_json::Value`] it has
//! become `null` before. `/-/openapi.json` says which of the two a float of an answer may be.
//!
//! # What is not read
//!
//! Nodes can read the headers and the query: [`Request::headers`](crate::Request::headers). The server itself does not:
//!
//! | of a request | |
//! |---|---|
//! | the query string | is ignored, on every path |
//! | `Accept` | is read for `text/event-stream`, and where the answer is a stream; else it is ignored |
//! | `Accept-Encoding`, `Range`, `If-None-Match`, cookies and other headers | are ignored: answers are whole, and not compressed |
//! | the content type's `charset` | is ignored: JSON and text are UTF-8 |
//! | the model's header | is ignored by deployments that are not `#[multiplexed]` |
//! | the body, and its content type | is ignored where the route has no inputs, and under `/-/` |
//! | unknown fields | are a 422 among the inputs; in a type of yours serde ignores them, unless it has `deny_unknown_fields` |
//!
//! A path is taken as it is: `/items/` is not `/items`, and neither is `/Items`; both are 404. `HEAD` and `OPTIONS` are 405 on a
//! graph's routes; under `/-/`, `HEAD` is a `GET` without the body.
//!
//! # Streams
//!
//! A graph that returns a `Streaming<T>` responds item by item: one line of JSON each,
//! `application/x-ndjson`, or one event `data: ..` each if the client accepts `text/event-stream`. An error
//! before the first item is answered as above, if it comes within [`ServerOptions::stream_head_timeout`]. Later the status
//! has been sent: the error is
//! the last line, `{"error": {"error": "..", "node": ".."}}`, or an event named `error` whose data is the inner object,
//! and the response ends. So does one that the server cuts off when it stops, without the chunk that ends a body. If the
//! client disconnects, the stream is dropped, and with it the code that produces it.

mod admission;
mod answer;
pub(crate) mod applications;
mod arrived;
mod body;
mod clients;
mod connection;
mod connections;
#[cfg(feature = "control")]
mod control_plane;
mod cut_off;
mod decode;
mod encode;
mod end_of_request;
pub(crate) mod floats;
mod handler;
mod headers;
pub(crate) mod management;
mod mounted;
mod offload;
pub(crate) mod openapi;
mod options;
mod pace;
mod paths;
mod read_on;
mod receiving;
#[cfg(feature = "config")]
mod reload;
mod request_id;
mod router;
mod server;
pub(crate) mod serving;
mod shutdown;
mod stream;
mod taken;
mod unserved;

pub use applications::{
    ApplicationHandle, ApplicationState, ApplicationStatus, Applications, Running,
};
pub use decode::{BadBody, FromBody, Inputs, Part};
pub use encode::ToJson;
pub use offload::MAX_BYTES_IN_PLACE;
pub use options::ServerOptions;
pub use router::{Routes, Serve};
pub use server::Server;
