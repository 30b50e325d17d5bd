//! The request headers: how long a request may take, and which model it is for.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, StatusCode};
use serve_topology::options::Kind;
use tokio::time::Instant;

use crate::Request;
use crate::ingress::answer::Problem;

const TIMEOUT: HeaderName = HeaderName::from_static("x-request-timeout-seconds");
/// Ray Serve's name of the header.
const MODEL_ID: HeaderName = HeaderName::from_static("serve_multiplexed_model_id");

/// Makes the request that the headers describe. The smaller of the client's and the graph's timeout counts, from
/// now on.
pub(super) fn of(
    request: Request,
    headers: &HeaderMap,
    request_timeout: Option<Duration>,
) -> Result<Request, Problem> {
    let mut request = request;
    let now = Instant::now();
    let theirs = timeout(headers)?;
    let soonest = theirs.into_iter().chain(request_timeout).min();
    if let Some(deadline) = soonest.and_then(|timeout| now.checked_add(timeout)) {
        request = request.with_deadline(deadline);
    }
    if let Some(model_id) = headers.get(MODEL_ID) {
        let model_id = model_id.to_str();
        let model_id = model_id.map_err(|_| bad(&MODEL_ID, "must be plain text"))?;
        request = request.with_model_id(model_id);
    }
    Ok(request)
}

fn timeout(headers: &HeaderMap) -> Result<Option<Duration>, Problem> {
    let Some(given) = headers.get(TIMEOUT) else {
        return Ok(None);
    };
    let number = given
        .to_str()
        .ok()
        .and_then(|text| text.trim().parse().ok());
    match number.and_then(seconds) {
        Some(timeout) => Ok(Some(timeout)),
        None => Err(bad(&TIMEOUT, "must be a number of seconds above 0")),
    }
}

/// Reads a number of seconds above 0; a number that is too large becomes the longest possible time.
fn seconds(number: f64) -> Option<Duration> {
    Kind::Period
        .admits(number)
        .then(|| serve_topology::seconds(number))
}

fn bad(header: &HeaderName, wanted: &str) -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        format!("the header `{header}` {wanted}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_number_above_zero_is_a_timeout() {
        for wrong in [0.0, -1.0, f64::NAN, f64::NEG_INFINITY] {
            assert_eq!(seconds(wrong), None, "{wrong}");
        }
        assert_eq!(seconds(0.25), Some(Duration::from_millis(250)));
        assert_eq!(seconds(f64::INFINITY), Some(Duration::MAX));
    }
}
