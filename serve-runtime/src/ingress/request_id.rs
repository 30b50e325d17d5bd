//! `x-request-id`: accepted from the client or made here, and always sent back.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;
use uuid::Uuid;

use super::clients::Client;
use super::cut_off::CutOff;
use super::end_of_request::Unended;

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest id accepted, in bytes: it is written to every line of the log.
const LONGEST: usize = 128;

/// Gives the request its id: in its extensions, in the log, and in the response.
pub(super) async fn assign(
    State(cut_off): State<CutOff>,
    mut request: Request,
    next: Next,
) -> Response {
    if request.extensions().get::<crate::Request>().is_some() {
        return next.run(request).await; // a graph's router within another server of this kind
    }
    let extensions = request.extensions_mut();
    // Another server does not tell which client it is.
    let client = extensions.get_or_insert_with(|| Arc::new(Client::new()));
    let client = Arc::clone(client);
    let id = id_of(&request);
    let span = tracing::info_span!(
        "request",
        id = %id,
        method = %request.method(),
        path = %request.uri().path(),
    );
    let header = HeaderValue::from_str(&id);
    request.extensions_mut().insert(crate::Request::new(id));
    let is_probe = request.uri().path().starts_with("/-/");
    let unended = Unended::new(span.clone(), cut_off, client, is_probe);
    let mut response = next.run(request).instrument(span).await;
    if let Ok(header) = header {
        response.headers_mut().insert(X_REQUEST_ID, header);
    }
    unended.answered(response)
}

/// The client's id if it can be logged as it is, otherwise a new one.
fn id_of(request: &Request) -> Arc<str> {
    let given = request.headers().get(X_REQUEST_ID);
    let given = given.and_then(|id| id.to_str().ok());
    let is_plain = |id: &&str| {
        !id.is_empty() && id.len() <= LONGEST && id.chars().all(|c| c.is_ascii_graphic())
    };
    match given.filter(is_plain) {
        Some(id) => id.into(),
        None => {
            let mut buffer = Uuid::encode_buffer();
            let id: &str = Uuid::new_v4().hyphenated().encode_lower(&mut buffer);
            id.into()
        }
    }
}
