//! The responses to clients, other than outputs.

use std::ops::RangeInclusive;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;
use serde::Serialize;

use super::decode::{BadBody, Fault};
use crate::{Error, ErrorKind, Overloaded};

/// The least and the most that a client is asked to wait before it tries again, in seconds.
const RETRY_AFTER_S: RangeInclusive<u64> = 1..=60;

/// The body of every response that is not a success.
#[derive(Serialize, Debug, PartialEq)]
pub(super) struct Problem {
    #[serde(skip)]
    status: u16,
    error: String,
    /// The field of the request that is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    /// The node that failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    node: Option<String>,
    /// How long the client should wait before it tries again, if that is known.
    #[serde(skip)]
    retry_after: Option<Duration>,
}

impl Problem {
    pub(super) fn new(status: StatusCode, error: impl Into<String>) -> Self {
        Problem {
            status: status.as_u16(),
            error: error.into(),
            field: None,
            node: None,
            retry_after: None,
        }
    }

    /// Sets how long the client should wait before it tries again.
    pub(super) fn retry_after(mut self, wait: Option<Duration>) -> Self {
        self.retry_after = wait;
        self
    }

    #[cfg(test)]
    pub(super) fn told(self) -> (StatusCode, String) {
        (StatusCode::from_u16(self.status).unwrap(), self.error)
    }
}

impl From<&Error> for Problem {
    /// What is not public goes only to the log.
    fn from(error: &Error) -> Self {
        Problem {
            node: error.node().map(str::to_owned),
            retry_after: error
                .downcast_ref::<Overloaded>()
                .and_then(|overloaded| overloaded.retry_after),
            ..Problem::new(error.status(), error.public_message())
        }
    }
}

/// Logs the whole error, and returns what the client may see of it.
pub(super) fn report(error: &Error) -> Problem {
    let node = error.node().unwrap_or("-");
    match error.kind() {
        ErrorKind::Failed | ErrorKind::Panicked => {
            tracing::error!(node, ?error, "request failed");
        }
        _ => tracing::info!(node, %error, "request refused"),
    }
    Problem::from(error)
}

/// The answer that the server gives to a request whose graph has failed with this error: its
/// [status](Error::status), and a body of JSON with its [public message](Error::public_message) and its
/// [node](Error::node). The whole error is written to the log.
///
/// So a handler of your own can return [`Result`](crate::Result):
///
/// ```
/// use serve_runtime::axum::{Json, Router, extract::Path, routing::get};
/// use serve_runtime::prelude::*;
///
/// async fn page(Path(number): Path<u32>) -> Result<Json<String>> {
///     if number > 900 {
///         return Err(Error::with_status(404, "there are 900 pages"));
///     }
///     Ok(Json(std::fs::read_to_string(format!("pages/{number}"))?))   // 500, without the message
/// }
///
/// let routes: Router = Router::new().route("/pages/{number}", get(page));
/// # let _ = routes;
/// ```
impl IntoResponse for Error {
    fn into_response(self) -> Response<Body> {
        report(&self).into_response()
    }
}

impl From<BadBody> for Problem {
    fn from(bad: BadBody) -> Self {
        let status = match bad.fault() {
            Fault::Syntax => StatusCode::BAD_REQUEST,
            Fault::ContentType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Fault::Content => StatusCode::UNPROCESSABLE_ENTITY,
        };
        let field = bad.field();
        Problem {
            field: (!field.is_empty()).then(|| field.to_owned()),
            ..Problem::new(status, bad.message())
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response<Body> {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = json(status, body);
        if status == StatusCode::SERVICE_UNAVAILABLE {
            let retry_after = HeaderValue::from(seconds(self.retry_after));
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, retry_after);
        }
        response
    }
}

/// The whole seconds that a client should wait.
fn seconds(retry_after: Option<Duration>) -> u64 {
    let wait = retry_after.unwrap_or_default();
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    seconds.clamp(*RETRY_AFTER_S.start(), *RETRY_AFTER_S.end())
}

/// A JSON response.
pub(super) fn json(status: StatusCode, body: impl Into<Body>) -> Response<Body> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_of_an_internal_error_is_not_sent() {
        let error = Error::new(ErrorKind::Failed, "password is hunter2").at("login.run");
        let problem = Problem::from(&error);
        assert_eq!(
            (problem.status, problem.error.as_str()),
            (500, "internal error")
        );
        assert_eq!(problem.node.as_deref(), Some("login.run"));
    }

    #[test]
    fn an_error_that_the_client_can_mend_has_its_message() {
        let problem =
            Problem::from(&Error::invalid_input("not an image").at("preprocessor.process"));
        assert_eq!(
            (problem.status, problem.error.as_str()),
            (422, "not an image")
        );
    }

    #[tokio::test]
    async fn an_error_is_a_response() {
        let (status, body) = sent(Error::failed("password is hunter2").at("login.run")).await;
        assert_eq!(status, 500);
        assert_eq!(body, r#"{"error":"internal error","node":"login.run"}"#);
        let (status, body) = sent(Error::with_status(507, "the disk is full")).await;
        assert_eq!(status, 507);
        assert_eq!(body, r#"{"error":"the disk is full"}"#);
    }

    #[cfg(feature = "cli")] // which brings a subscriber
    #[test]
    fn the_log_has_the_whole_error_and_whether_it_is_the_clients_or_the_programs() {
        use crate::ingress::end_of_request::tests::Log;

        let logged = |error: Error| Log::of(|_| drop(error.into_response())).concat();
        for (error, told) in [
            (Error::with_status(499, "no"), "request refused"),
            (Error::with_status(500, "no"), "request failed"),
            (Error::invalid_input("no"), "request refused"),
            (Error::upstream("no"), "request refused"),
            (Error::failed("no"), "request failed"),
        ] {
            let line = logged(error.at("login.run"));
            assert!(line.contains(told), "{line}");
            assert!(line.contains("node `login.run`: no"), "{line}");
        }
    }

    async fn sent(error: Error) -> (StatusCode, String) {
        let response = Err::<(), _>(error).into_response();
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/json");
        let status = response.status();
        let body = axum::body::to_bytes(response.into_body(), 1_000).await;
        (status, String::from_utf8(body.unwrap().into()).unwrap())
    }

    #[test]
    fn an_overloaded_server_says_when_to_retry() {
        let after = |wait: Option<f64>| {
            let wait = wait.map(Duration::from_secs_f64);
            let error = Error::queue_full("model", 3, wait).copies(2).remove(1);
            let response = error.into_response();
            assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
            response.headers()[header::RETRY_AFTER].clone()
        };
        for (wait, told) in [
            (None, "1"),
            (Some(0.0), "1"),
            (Some(7.0), "7"),
            (Some(7.1), "8"),
            (Some(1e9), "60"),
        ] {
            assert_eq!(after(wait), told, "{wait:?}");
        }
    }
}
