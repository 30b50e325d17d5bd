//! The request's id: the client's or a generated one, known to every node, and returned.

use std::collections::BTreeSet;

use serde_json::json;
use serve_runtime::prelude::*;

use crate::support::http::{Request, serve};

/// Returns the request's id as a node sees it in place, on a thread, and behind a handle.
fn id() -> String {
    serve_runtime::Request::current()
        .id()
        .unwrap_or("none")
        .to_owned()
}

#[deployment]
struct Ids {
    inner: Handle<id_on_a_thread>,
}

#[deployment]
impl Ids {
    fn new(inner: Handle<id_on_a_thread>) -> Self {
        assert_eq!(id(), "none");
        Ids { inner }
    }

    async fn behind_a_handle(&self) -> Result<String> {
        self.inner.call().await
    }
}

#[deployment]
async fn id_in_place() -> String {
    tokio::task::yield_now().await;
    id()
}

#[deployment]
fn id_on_a_thread() -> String {
    id()
}

#[graph]
fn identified() -> [String; 3] {
    let inner = id_on_a_thread::bind();
    let ids = Ids::bind(inner);

    input(|| [id_in_place(), id_on_a_thread(), ids.behind_a_handle()])
}

#[tokio::test]
async fn a_clients_request_id_reaches_every_node_and_is_returned() {
    let server = serve(identified()).await;
    let request = Request::post("/").header("x-request-id", "abc-1");
    let answer = request.send(server.address).await;
    assert_eq!(answer.ok(), json!(["abc-1", "abc-1", "abc-1"]));
    assert_eq!(answer.id(), "abc-1");
}

#[tokio::test]
async fn a_request_without_an_id_or_with_a_hostile_one_gets_a_new_id() {
    let server = serve(identified()).await;
    let long = "x".repeat(129);
    let mut seen = BTreeSet::new();
    for hostile in ["", &long, "a b", "tab\there", "caf\u{e9}", "\"quoted\" \\"] {
        let request = Request::post("/").header("x-request-id", hostile);
        let answer = request.send(server.address).await;
        let made = answer.id().to_owned();
        assert_ne!(made, hostile);
        assert_eq!(answer.ok(), json!([made, made, made]));
        seen.insert(made);
    }
    let made = Request::post("/").send(server.address).await;
    seen.insert(made.id().to_owned());
    assert_eq!(seen.len(), 7, "an id was used twice");
    let longest = "x".repeat(128);
    let request = Request::post("/").header("x-request-id", &longest);
    assert_eq!(request.send(server.address).await.id(), longest);
}

#[tokio::test]
async fn a_control_character_in_an_id_is_never_returned() {
    let server = serve(identified()).await;
    let request = Request::post("/").header("x-request-id", "a\u{1b}[31mb");
    let answer = request.send(server.address).await;
    assert!(!format!("{answer:?}").contains("[31m"), "{answer:?}");
}

#[tokio::test]
async fn every_answer_has_an_id() {
    let server = serve(identified()).await;
    for path in ["/nowhere", "/", "/-/healthz"] {
        assert!(!server.get(path).await.id().is_empty());
    }
}

#[tokio::test]
async fn an_id_outside_of_a_request_is_none() {
    let app = deploy(identified()).await.unwrap();
    assert_eq!(app.call().await.unwrap(), ["none", "none", "none"]);
}
