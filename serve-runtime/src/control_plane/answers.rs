//! The forms that answers of the control plane have.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::{Error, ErrorKind};

/// A value as JSON.
pub(super) fn json(status: StatusCode, value: &Value) -> Response {
    let content_type = [(header::CONTENT_TYPE, "application/json")];
    (status, content_type, value.to_string()).into_response()
}

/// An error as Ray's endpoint for scaling has it.
pub(super) fn refused(status: StatusCode, why: impl Into<String>) -> Response {
    json(status, &json!({ "error": why.into() }))
}

/// The status of an error for those who operate the server, who may see all of it.
pub(super) fn status_of(error: &Error) -> StatusCode {
    match error.kind() {
        ErrorKind::InvalidInput => StatusCode::BAD_REQUEST,
        ErrorKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
