//! The responses to clients, other than outputs.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;
use serde::Serialize;

use super::decode::{BadBody, Fault};
use crate::{Error, ErrorKind};

/// How long a client should wait before it tries an overloaded server again, in seconds.
const RETRY_AFTER_S: &str = "1";

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
}

impl Problem {
    pub(super) fn new(status: StatusCode, error: impl Into<String>) -> Self {
        Problem {
            status: status.as_u16(),
            error: error.into(),
            field: None,
            node: None,
        }
    }

    #[cfg(test)]
    pub(super) fn told(self) -> (StatusCode, String) {
        (StatusCode::from_u16(self.status).unwrap(), self.error)
    }

    /// Whether the program itself is at fault.
    pub(super) fn is_internal(&self) -> bool {
        self.status == 500
    }
}

impl From<&Error> for Problem {
    /// Messages of the program's own failures go only to its log.
    fn from(error: &Error) -> Self {
        let (status, message) = match error.kind() {
            ErrorKind::InvalidInput => (StatusCode::UNPROCESSABLE_ENTITY, error.message()),
            ErrorKind::Upstream => (StatusCode::BAD_GATEWAY, error.message()),
            ErrorKind::Overloaded => (StatusCode::SERVICE_UNAVAILABLE, error.message()),
            ErrorKind::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
            ErrorKind::DeadlineExceeded => (StatusCode::GATEWAY_TIMEOUT, error.message()),
            ErrorKind::Failed | ErrorKind::Panicked => {
                (StatusCode::INTERNAL_SERVER_ERROR, "internal error")
            }
        };
        Problem {
            node: error.node().map(str::to_owned),
            ..Problem::new(status, message)
        }
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
            let retry_after = HeaderValue::from_static(RETRY_AFTER_S);
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, retry_after);
        }
        response
    }
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

    #[test]
    fn an_overloaded_server_says_when_to_retry() {
        let response = Problem::from(&Error::queue_full("model", 3)).into_response();
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(response.headers()[header::RETRY_AFTER], "1");
    }
}
