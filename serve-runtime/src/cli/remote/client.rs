//! Sends requests to a control plane.

use std::path::Path;

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, Uri, header};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serve_topology::route::sent;
use tokio::net::TcpStream;

use crate::{Error, Result};

/// The largest answer that is read, in bytes.
const MAX_ANSWER: usize = 256 * 1024 * 1024;

/// A control plane, and the token for it.
pub(super) struct Client {
    /// `host:port`
    authority: String,
    token: Option<String>,
}

/// A name as one segment of a path.
pub(super) fn segment(name: &str) -> String {
    sent(&name.replace('%', "%25").replace('/', "%2F"))
}

impl Client {
    pub(super) fn new(address: &str, token_file: Option<&Path>) -> Result<Self> {
        let wrong = || {
            Error::invalid_input(format!(
                "`{address}` is not the address of a control plane, as in `http://127.0.0.1:8265`"
            ))
        };
        let uri: Uri = address.parse().map_err(|_| wrong())?;
        if uri.scheme_str() != Some("http") {
            return Err(wrong());
        }
        let host = uri.host().ok_or_else(wrong)?;
        let authority = format!("{host}:{}", uri.port_u16().unwrap_or(80));
        let token = match token_file {
            Some(path) => {
                let file = path.display();
                let text = std::fs::read_to_string(path);
                text.map_err(|error| Error::invalid_input(format!("cannot read {file}: {error}")))?
            }
            None => std::env::var("SERVE_CONTROL_TOKEN").unwrap_or_default(),
        };
        let token = text_of(&token);
        Ok(Client { authority, token })
    }

    /// The body of a success.
    pub(super) async fn get(&self, path: &str) -> Result<String> {
        self.send("GET", path, None).await
    }

    /// The body of a success; another answer is an error with its text.
    pub(super) async fn send(
        &self,
        method: &str,
        path: &str,
        body: Option<String>,
    ) -> Result<String> {
        let authority = &self.authority;
        let failed = |error: String| {
            Error::upstream(format!(
                "cannot reach the control plane at http://{authority}: {error}\nhelp: is the server running, and is this its `--control` address?"
            ))
        };
        let connection = TcpStream::connect(authority).await;
        let connection = connection.map_err(|error| failed(error.to_string()))?;
        let handshake = http1::handshake(TokioIo::new(connection)).await;
        let (mut sender, connection) = handshake.map_err(|error| failed(error.to_string()))?;
        let connection = tokio::spawn(connection);
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, authority);
        if let Some(token) = &self.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let request = request.body(body.map_or_else(Body::empty, Body::from));
        let request = request.map_err(|error| Error::invalid_input(error.to_string()))?;
        let answer = sender.send_request(request).await;
        let answer = answer.map_err(|error| failed(error.to_string()))?;
        let status = answer.status();
        let body = to_bytes(Body::new(answer.into_body()), MAX_ANSWER).await;
        let body = body.map_err(|error| failed(error.to_string()))?;
        connection.abort();
        let body = String::from_utf8_lossy(&body).into_owned();
        match status.is_success() {
            true => Ok(body),
            false => Err(refused(status, &body)),
        }
    }
}

/// The first token of a text.
fn text_of(text: &str) -> Option<String> {
    text.split_whitespace().next().map(str::to_owned)
}

/// The error that the control plane has answered with: JSON with an `error`, or plain text.
fn refused(status: StatusCode, body: &str) -> Error {
    let json = serde_json::from_str::<serde_json::Value>(body).ok();
    let message = json.as_ref().and_then(|json| json["error"].as_str());
    let message = message.unwrap_or(body.trim());
    let message = match message {
        "" => format!("the control plane answered {status}"),
        message => message.to_owned(),
    };
    Error::invalid_input(message)
}
