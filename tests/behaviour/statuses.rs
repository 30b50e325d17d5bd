//! Errors with a status of their own, over HTTP: from every kind of deployment, and from a handler of axum's.

use std::fmt;

use futures_util::stream;
use serde_json::json;
use serve_runtime::axum::extract::Path;
use serve_runtime::axum::{Json, Router, routing};
use serve_runtime::ingress::{Server, ServerOptions};
use serve_runtime::prelude::*;
use tokio::sync::oneshot;

use crate::support::http::{Answer, Request, serve};
use crate::support::within;

/// An error whose source is not for clients.
#[derive(Debug)]
struct Locked(std::num::ParseIntError);

impl fmt::Display for Locked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("locked")
    }
}

impl std::error::Error for Locked {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

/// Fails with that status, but for 200.
fn checked(status: u16) -> Result<u16> {
    match status {
        200 => Ok(status),
        _ => Err(Error::with_status(
            status,
            Locked("x".parse::<u8>().unwrap_err()),
        )),
    }
}

#[deployment]
async fn in_place(status: u16) -> Result<u16> {
    checked(status)
}

#[deployment]
struct OnThread;

#[deployment]
impl OnThread {
    fn new() -> Self {
        OnThread
    }

    fn run(&self, status: u16) -> Result<u16> {
        checked(status)
    }

    #[batch(max_batch_size = 2)]
    fn each(&self, statuses: Vec<u16>) -> Vec<Result<u16>> {
        statuses.into_iter().map(checked).collect()
    }

    #[batch(max_batch_size = 2)]
    fn all(&self, statuses: Vec<u16>) -> Result<Vec<u16>> {
        statuses.into_iter().map(checked).collect()
    }
}

#[deployment]
struct Caller {
    callee: Handle<OnThread>,
}

#[deployment]
impl Caller {
    fn new(callee: Handle<OnThread>) -> Self {
        Caller { callee }
    }

    async fn run(&self, status: u16) -> Result<u16> {
        self.callee.run(status).await
    }

    /// As for code that returns a box.
    async fn boxed(&self, status: u16) -> Result<u16, Box<dyn std::error::Error + Send + Sync>> {
        Ok(self.callee.run(status).await?)
    }

    async fn items(&self, first: u16, second: u16) -> impl Stream<Item = Result<u16>> {
        stream::iter([checked(first), checked(second)])
    }
}

#[graph]
fn failing() -> u16 {
    let thread = OnThread::bind();
    let caller = Caller::bind(thread);

    route("/in-place", |status: u16| in_place(status));
    route("/thread", |status: u16| thread.run(status));
    route("/each", |status: u16| thread.each(status));
    route("/all", |status: u16| thread.all(status));
    route("/handle", |status: u16| caller.run(status));
    route("/boxed", |status: u16| caller.boxed(status));
    route("/items", |first: u16, second: u16| -> Streaming<u16> {
        caller.items(first, second)
    });
}

/// What a client gets, without the node.
fn told(answer: &Answer) -> (u16, serde_json::Value) {
    (answer.status, answer.json()["error"].clone())
}

#[tokio::test]
async fn a_status_reaches_the_client_from_every_kind_of_node() {
    let server = serve(failing()).await;
    for path in ["/in-place", "/thread", "/each", "/all", "/handle", "/boxed"] {
        for status in [400, 409, 429, 500, 507] {
            let answer = server.post_to(path, json!(status)).await;
            assert_eq!(told(&answer), (status, json!("locked")), "{path}");
            assert!(!answer.body.contains("digit"), "{path}: {answer:?}");
        }
        assert_eq!(server.post_to(path, json!(200)).await.ok(), 200);
    }
}

#[tokio::test]
async fn the_calls_of_a_batch_that_fails_have_its_status() {
    let app = deploy(OnThread::bind()).await.unwrap();
    let (one, other) = within(async { tokio::join!(app.all(409), app.all(409)) }).await;
    for error in [one.unwrap_err(), other.unwrap_err()] {
        assert_eq!(error.status(), 409);
        assert_eq!(error.public_message(), "locked");
    }
}

#[tokio::test]
async fn a_number_that_is_no_status_is_an_internal_error() {
    let server = serve(failing()).await;
    for wrong in [100, 204, 301, 600] {
        let answer = server.post_to("/in-place", json!(wrong)).await;
        assert_eq!(told(&answer), (500, json!("internal error")));
    }
}

#[tokio::test]
async fn the_first_item_of_a_stream_decides_the_status_and_a_later_one_is_a_line() {
    let server = serve(failing()).await;
    let items = async |first: u16, second: u16| {
        let items = json!({ "first": first, "second": second });
        server.post_to("/items", items).await
    };
    assert_eq!(told(&items(409, 200).await), (409, json!("locked")));
    let answer = items(200, 409).await;
    assert_eq!(answer.status, 200);
    assert!(
        answer.body.contains(r#"{"error":{"error":"locked""#),
        "{answer:?}"
    );
}

async fn page(Path(number): Path<u32>) -> Result<Json<u32>> {
    match number {
        0 => Err(Error::with_status(404, "there is no such page")),
        1 => Err("x".parse::<u8>().unwrap_err())?,
        number => Ok(Json(number)),
    }
}

#[tokio::test]
async fn a_handler_of_axums_answers_with_an_error_as_a_graph_does() {
    let mut options = ServerOptions::default();
    options.port = 0;
    let (ready, address) = oneshot::channel();
    let server = Server::new()
        .application(failing())
        .options(options)
        .routes(Router::new().route("/pages/{number}", routing::get(page)))
        .on_ready(|address| {
            let _ = ready.send(address);
        });
    let _server = tokio::spawn(server.run_until(std::future::pending()));
    let address = within(address).await.unwrap();
    let get = async |path: &str| Request::new("GET", path).send(address).await;
    assert_eq!(get("/pages/7").await.ok(), 7);
    let missing = get("/pages/0").await;
    assert_eq!(told(&missing), (404, json!("there is no such page")));
    assert_eq!(missing.headers["content-type"], "application/json");
    let failed = get("/pages/1").await;
    assert_eq!(failed.status, 500);
    assert_eq!(failed.json(), json!({ "error": "internal error" }));
}
