//! What the server does not read of a request, and what it does not take for it.

use serde::{Deserialize, Serialize};
use serde_json::json;
use serve_runtime::prelude::*;

use crate::support::http::{Request, serve};

#[derive(Clone, Serialize, Deserialize)]
struct Name {
    name: String,
}

#[deployment]
async fn greet(name: Name) -> String {
    format!("hello, {}", name.name)
}

#[deployment]
async fn answer_to_all() -> u32 {
    42
}

#[graph]
fn greeting() -> String {
    route("/", |name: Name| greet(name));
    route("/below", |name: Name| greet(name));
    route("/nothing", || -> u32 { answer_to_all() });
}

fn post(path: &str) -> Request {
    Request::post(path).header("content-type", "application/json")
}

const ADA: &str = r#"{"name": "Ada"}"#;

#[tokio::test]
async fn what_the_server_does_not_read_changes_nothing() {
    let server = serve(greeting()).await;
    for request in [
        post("/?name=Eve&verbose=1").body(ADA),
        post("/below?").body(ADA),
        post("/").header("accept", "text/html").body(ADA),
        post("/").header("accept", "text/event-stream").body(ADA),
        post("/").header("accept-encoding", "gzip").body(ADA),
        post("/").header("range", "bytes=0-1").body(ADA),
        post("/").header("if-none-match", "*").body(ADA),
        post("/").header("cookie", "name=Eve").body(ADA),
        post("/")
            .header("serve_multiplexed_model_id", "eve")
            .body(ADA),
        post("/").body(r#"{"name": "Ada", "last_name": "Lovelace"}"#),
        Request::post("/")
            .header("content-type", "application/json; charset=latin1")
            .body(ADA),
    ] {
        let answer = request.send(server.address).await;
        assert_eq!(answer.ok(), "hello, Ada");
        assert_eq!(answer.headers["content-type"], "application/json");
        assert!(!answer.headers.contains_key("content-encoding"));
    }
    let body = post("/nothing")
        .body("not JSON at all")
        .send(server.address);
    assert_eq!(body.await.ok(), 42);
    let management = Request::new("GET", "/-/livez?verbose=1").body("a body");
    assert_eq!(management.send(server.address).await.status, 200);
}

#[tokio::test]
async fn what_is_not_served_is_refused_and_not_taken_for_something_else() {
    let server = serve(greeting()).await;
    for (method, path, status) in [
        ("POST", "/below/", 404),
        ("POST", "//", 404),
        ("POST", "/Below", 404),
        ("GET", "/", 405),
        ("HEAD", "/", 405),
        ("OPTIONS", "/", 405),
        ("PUT", "/below", 405),
        ("POST", "/-/livez", 405),
        ("GET", "/-/livez/", 404),
        ("HEAD", "/-/livez", 200),
    ] {
        let request = Request::new(method, path).json(json!({ "name": "Ada" }));
        let answer = request.send(server.address).await;
        assert_eq!(answer.status, status, "{method} {path}: {answer:?}");
        if method == "HEAD" {
            assert_eq!(answer.body, "");
        }
        if status == 405 {
            assert!(answer.headers.contains_key("allow"), "{method} {path}");
        }
    }
}
