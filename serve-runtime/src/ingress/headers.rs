//! What the client's headers say of a request: how long it may take, and which model it is for.

use axum::http::{HeaderMap, HeaderName, StatusCode};
use tokio::time::Instant;

use crate::Request;
use crate::ingress::answer::Problem;
use crate::request::call_options::seconds;

const TIMEOUT: HeaderName = HeaderName::from_static("x-request-timeout-seconds");
/// Ray Serve's name for it.
const MODEL_ID: HeaderName = HeaderName::from_static("serve_multiplexed_model_id");

/// The request as the headers say. The smaller of the client's and the graph's timeout counts, from
/// now on.
pub(super) fn of(
    request: Request,
    headers: &HeaderMap,
    request_timeout_s: Option<f64>,
) -> Result<Request, Problem> {
    let mut request = request;
    let now = Instant::now();
    let theirs = timeout(headers)?;
    let ours = request_timeout_s.and_then(seconds);
    let soonest = theirs.into_iter().chain(ours).min();
    if let Some(deadline) = soonest.and_then(|timeout| now.checked_add(timeout)) {
        request = request.with_deadline(deadline);
    }
    if let Some(model_id) = headers.get(MODEL_ID) {
        let model_id = model_id.to_str();
        let model_id = model_id.map_err(|_| bad(&MODEL_ID, "has to be plain text"))?;
        request = request.with_model_id(model_id);
    }
    Ok(request)
}

fn timeout(headers: &HeaderMap) -> Result<Option<std::time::Duration>, Problem> {
    let Some(given) = headers.get(TIMEOUT) else {
        return Ok(None);
    };
    let number = given
        .to_str()
        .ok()
        .and_then(|text| text.trim().parse().ok());
    match number.and_then(seconds) {
        Some(timeout) => Ok(Some(timeout)),
        None => Err(bad(&TIMEOUT, "has to be a number of seconds above 0")),
    }
}

fn bad(header: &HeaderName, wanted: &str) -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        format!("the header `{header}` {wanted}"),
    )
}
