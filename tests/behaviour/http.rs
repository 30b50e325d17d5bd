//! A graph behind HTTP: bodies, answers, and details that are not shown to the client.

use serde_json::json;
use serve_runtime::prelude::*;

use crate::support::http::{Request, serve, serve_with};

#[deployment]
async fn shout(text: String) -> String {
    text.to_uppercase()
}

#[deployment]
async fn hello() -> &'static str {
    "hello"
}

#[derive(serde::Deserialize, Clone)]
struct Size {
    width: u32,
    heights: Vec<u32>,
}

#[deployment]
async fn area(size: Size, label: Option<String>) -> String {
    let height: u32 = size.heights.iter().sum();
    format!("{} {}", label.unwrap_or_default(), size.width * height)
}

#[graph]
fn shouting() -> String {
    input(|text: String| shout(text))
}

#[graph]
fn greeting() -> &'static str {
    input(|| hello())
}

#[graph(route_prefix = "/area")]
fn measuring() -> String {
    input(|size: Size, label: Option<String>| area(size, label))
}

#[tokio::test]
async fn one_parameter_is_the_whole_body() {
    let server = serve(shouting()).await;
    let answer = server.post(json!("abc")).await;
    assert_eq!(answer.ok(), "ABC");
    assert_eq!(answer.headers["content-type"], "application/json");
}

#[tokio::test]
async fn several_parameters_are_the_fields_of_an_object() {
    let server = serve(measuring()).await;
    let size = json!({ "width": 2, "heights": [3, 4] });
    let answer = server.post_to("/area", json!({ "size": size, "label": "x" }));
    assert_eq!(answer.await.ok(), "x 14");
    let answer = server.post_to("/area", json!({ "size": size }));
    assert_eq!(answer.await.ok(), " 14");
}

#[tokio::test]
async fn without_parameters_the_body_is_ignored() {
    let server = serve(greeting()).await;
    assert_eq!(Request::post("/").send(server.address).await.ok(), "hello");
    let text = Request::post("/").header("content-type", "text/plain");
    assert_eq!(text.body("{").send(server.address).await.ok(), "hello");
}

#[tokio::test]
async fn a_wrong_field_is_named_with_its_path() {
    let server = serve(measuring()).await;
    for (body, field) in [
        (
            json!({ "size": { "width": 1, "heights": [1, "x"] } }),
            "size.heights[1]",
        ),
        (json!({ "size": { "heights": [] } }), "size"),
        (json!({ "label": "x" }), "size"),
        (
            json!({ "size": { "width": 1, "heights": [] }, "colour": 1 }),
            "colour",
        ),
    ] {
        let answer = server.post_to("/area", body).await;
        assert_eq!(answer.status, 422, "{answer:?}");
        assert_eq!(answer.json()["field"], field, "{answer:?}");
    }
    let answer = server.post_to("/area", json!([1])).await;
    assert_eq!(answer.status, 422, "{answer:?}");
}

#[tokio::test]
async fn a_body_that_is_not_json_is_a_bad_request() {
    let server = serve(shouting()).await;
    for body in ["", "\"abc", "abc", "\"abc\" \"d\""] {
        let answer = Request::post("/").body(body).send(server.address).await;
        assert_eq!(answer.status, 400, "{body}");
        let error = answer.json()["error"].as_str().unwrap().to_owned();
        assert!(error.starts_with("the body is not JSON"), "{error}");
    }
}

#[deployment]
async fn keep(value: serde_json::Value) -> serde_json::Value {
    value
}

#[graph]
fn keeping() -> serde_json::Value {
    input(|value: serde_json::Value| keep(value))
}

#[tokio::test]
async fn json_that_cannot_be_held_is_not_called_something_else() {
    let server = serve(keeping()).await;
    let deep = format!("{}{}", "[".repeat(129), "]".repeat(129));
    for (body, error, field) in [
        (&*deep, "recursion limit exceeded", "[0][0]"),
        (r#"{"a": [1e999]}"#, "number out of range", "a[0]"),
    ] {
        let answer = Request::post("/").body(body).send(server.address).await;
        assert_eq!(
            (answer.status, &answer.json()["error"]),
            (422, &json!(error))
        );
        let named = answer.json()["field"].as_str().unwrap().to_owned();
        assert!(named.starts_with(field), "{named}");
    }
}

#[tokio::test]
async fn another_content_type_is_refused() {
    let server = serve(shouting()).await;
    for (content_type, status) in [
        ("text/plain", 200),
        ("application/xml", 415),
        ("application/octet-stream", 415),
        ("application/x-www-form-urlencoded", 415),
        ("application/json; charset=utf-8", 200),
        ("application/problem+json", 200),
    ] {
        let request = Request::post("/").header("content-type", content_type);
        let answer = request.body("\"a\"").send(server.address).await;
        assert_eq!(answer.status, status, "{content_type}");
    }
}

/// Not those that another type would be read from.
#[tokio::test]
async fn a_refused_content_type_is_answered_with_those_of_the_input() {
    let accepted = |said: &str| {
        let (_, accepted) = said.split_once("; send ").unwrap();
        accepted
            .replace('`', "")
            .split(" or ")
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let (text, whole, several) = (
        serve(shouting()).await,
        serve(keeping()).await,
        serve(measuring()).await,
    );
    let (json, form) = ("application/json", "multipart/form-data");
    for (server, path, expected) in [
        (&text, "/", &[json, "text/*", form][..]),
        (&whole, "/", &[json, "text/*", form]),
        (&several, "/area", &[json, form]),
    ] {
        for content_type in ["application/xml", "application/octet-stream"] {
            let answer = server.post_as(path, content_type, "a").await;
            assert_eq!(answer.status, 415, "{answer:?}");
            let said = answer.json()["error"].as_str().unwrap().to_owned();
            assert_eq!(accepted(&said), expected, "{said}");
        }
    }
}

#[tokio::test]
async fn an_unknown_path_and_a_wrong_method_have_different_statuses() {
    let server = serve(measuring()).await;
    let unknown = server.post_to("/areas", json!(1)).await;
    assert_eq!(unknown.status, 404);
    let expected = "nothing is served at `/areas`; the routes are /area";
    assert_eq!(unknown.json()["error"], expected);
    let wrong = server.get("/area").await;
    assert_eq!(wrong.status, 405);
    assert_eq!(wrong.json()["error"], "this route takes POST requests");
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let server = serve_with(shouting(), |options| options.max_body_bytes = 10).await;
    assert_eq!(server.post(json!("12345678")).await.ok(), "12345678");
    assert_eq!(server.post(json!("123456789")).await.status, 413);
    // The answer arrives while the client is still sending.
    let large = server.post(json!("1".repeat(500_000))).await;
    assert_eq!(large.status, 413);
}

#[tokio::test]
async fn the_routes_are_listed() {
    let server = serve(measuring()).await;
    assert_eq!(
        server.get("/-/routes").await.ok(),
        json!({ "/area": "measuring" })
    );
}

#[derive(serde::Deserialize, Clone, Copy)]
enum Fault {
    Error,
    Panic,
    Invalid,
    Upstream,
}

#[deployment]
async fn fail(fault: Fault) -> Result<u32> {
    match fault {
        Fault::Error => Ok("hunter2"
            .parse::<u32>()
            .map_err(|_| std::io::Error::other("hunter2"))?),
        Fault::Panic => panic!("hunter2"),
        Fault::Invalid => Err(Error::invalid_input("not an image")),
        Fault::Upstream => Err(Error::upstream("no such host")),
    }
}

#[graph]
fn failing() -> u32 {
    input(|fault: Fault| fail(fault))
}

#[tokio::test]
async fn a_failure_of_the_program_shows_the_node_and_nothing_else() {
    let server = serve(failing()).await;
    for fault in ["Error", "Panic"] {
        let answer = server.post(json!(fault)).await;
        assert_eq!(answer.status, 500);
        assert_eq!(
            answer.json(),
            json!({ "error": "internal error", "node": "fail" })
        );
        assert!(!format!("{answer:?}").contains("hunter2"));
    }
}

#[tokio::test]
async fn errors_that_the_client_can_correct_are_shown() {
    let server = serve(failing()).await;
    for (fault, status, error) in [
        ("Invalid", 422, "not an image"),
        ("Upstream", 502, "no such host"),
    ] {
        let answer = server.post(json!(fault)).await;
        assert_eq!(answer.status, status);
        assert_eq!(answer.json(), json!({ "error": error, "node": "fail" }));
    }
}
