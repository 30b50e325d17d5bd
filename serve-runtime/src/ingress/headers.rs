//! The request headers: how long a request may take, and which model it is for.

use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, StatusCode};
use serve_topology::options::Kind;
use tokio::time::Instant;

use crate::Request;
use crate::ingress::answer::Problem;
use crate::request::head::Head;

const TIMEOUT: HeaderName = HeaderName::from_static("x-request-timeout-seconds");
/// Ray Serve's name of the header, and the same for proxies that drop names with `_`, as nginx does.
const MODEL_ID: [HeaderName; 2] = [
    HeaderName::from_static("serve_multiplexed_model_id"),
    HeaderName::from_static("serve-multiplexed-model-id"),
];

/// Makes the request that its head describes. The soonest of the client's timeouts and the graph's counts, from
/// now on.
pub(super) fn of(
    request: Request,
    head: &Arc<Head>,
    request_timeout: Option<Duration>,
) -> Result<Request, Problem> {
    let now = Instant::now();
    let theirs = timeout(&head.headers)?;
    let soonest = theirs.into_iter().chain(request_timeout).min();
    let deadline = soonest.and_then(|timeout| now.checked_add(timeout));
    let model_id = model_id(&head.headers)?;
    Ok(request.arrived(Arc::clone(head), deadline, model_id))
}

fn model_id(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    for name in MODEL_ID {
        if let Some(model_id) = headers.get(&name) {
            let model_id = model_id.to_str();
            return model_id
                .map(Some)
                .map_err(|_| bad(&name, "must be plain text"));
        }
    }
    Ok(None)
}

/// The soonest of the timeouts that are given: each proxy on the way may have added one, as a header of its own or after
/// a comma.
fn timeout(headers: &HeaderMap) -> Result<Option<Duration>, Problem> {
    let mut soonest = None;
    for given in headers.get_all(TIMEOUT) {
        let given = given.to_str().unwrap_or_default();
        for number in given.split(',') {
            let number = number.trim().parse().ok();
            let number = number.filter(|number: &f64| !number.is_nan());
            let number = number.ok_or_else(|| bad(&TIMEOUT, "must be a number of seconds"))?;
            soonest = soonest.into_iter().chain(seconds(number)).min();
        }
    }
    Ok(soonest)
}

/// Reads a number of seconds; 0 or less is no limit. A number that is too large becomes the longest
/// possible time.
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
    fn only_a_number_above_zero_is_a_limit() {
        for wrong in [0.0, -1.0, f64::NAN, f64::NEG_INFINITY] {
            assert_eq!(seconds(wrong), None, "{wrong}");
        }
        assert_eq!(seconds(0.25), Some(Duration::from_millis(250)));
        assert_eq!(seconds(f64::INFINITY), Some(Duration::MAX));
    }
}
