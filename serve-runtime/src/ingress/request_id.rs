//! `x-request-id`: accepted from the client or made here, and always sent back.

use std::time::Instant;

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;
use uuid::Uuid;

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest id accepted, in bytes: it is written to every line of the log.
const LONGEST: usize = 128;

/// Gives the request its id: in its extensions, in the log, and in the response.
pub(super) async fn assign(mut request: Request, next: Next) -> Response {
    let id = id_of(&request);
    let span = tracing::info_span!(
        "request",
        id = %id,
        method = %request.method(),
        path = %request.uri().path(),
    );
    request.extensions_mut().insert(crate::Request::new(&*id));
    let header = HeaderValue::from_str(&id);
    let management = request.uri().path().starts_with("/-/");
    async move {
        let start = Instant::now();
        let waiting = Waiting(start);
        let mut response = next.run(request).await;
        #[expect(clippy::mem_forget, reason = "its drop says that the client has gone")]
        std::mem::forget(waiting);
        if let Ok(header) = header {
            response.headers_mut().insert(X_REQUEST_ID, header);
        }
        let (status, latency_ms) = (response.status().as_u16(), start.elapsed().as_millis());
        if management {
            tracing::debug!(status, latency_ms, "answered"); // probes come every few seconds
        } else {
            tracing::info!(status, latency_ms, "answered");
        }
        response
    }
    .instrument(span)
    .await
}

/// A request whose client waits for the response; dropped only if the client disconnects.
struct Waiting(Instant);

impl Drop for Waiting {
    fn drop(&mut self) {
        let latency_ms = self.0.elapsed().as_millis();
        tracing::info!(latency_ms, "the client disconnected");
    }
}

/// The client's id if it can be logged as it is, otherwise a new one.
fn id_of(request: &Request) -> String {
    let given = request.headers().get(X_REQUEST_ID);
    let given = given.and_then(|id| id.to_str().ok());
    let is_plain = |id: &&str| {
        !id.is_empty() && id.len() <= LONGEST && id.chars().all(|c| c.is_ascii_graphic())
    };
    match given.filter(is_plain) {
        Some(id) => id.to_owned(),
        None => Uuid::new_v4().to_string(),
    }
}
