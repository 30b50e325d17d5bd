//! Several routes of one graph.

use serde_json::{Value, json};
use serve_runtime::prelude::*;

use crate::support::http::serve;

#[deployment]
struct Model {
    weight: i64,
}

#[deployment]
impl Model {
    fn new(weight: i64) -> Self {
        Model { weight }
    }

    async fn forward(&self, number: i64) -> i64 {
        number * self.weight
    }

    async fn describe(&self) -> String {
        format!("weight {}", self.weight)
    }
}

#[deployment]
async fn hello() -> &'static str {
    "hello"
}

/// Two methods of one class, another class, and a function.
#[graph]
fn driver() -> i64 {
    let first = Model::bind(2);
    let second = Model::bind(3);

    route("/forward", |number: i64| first.forward(number));
    route("/describe", || -> String { first.describe() });
    route("/other", |number: i64| second.forward(number));
    route("/hello", || -> &'static str { hello() });
}

#[tokio::test]
async fn four_routes_on_one_driver() {
    let app = deploy(driver()).await.unwrap();
    assert_eq!(app.forward(2).await.unwrap(), 4);
    assert_eq!(app.describe().await.unwrap(), "weight 2");
    assert_eq!(app.other(2).await.unwrap(), 6);
    assert_eq!(app.hello().await.unwrap(), "hello");
    let server = serve(driver()).await;
    for (path, body, expected) in [
        ("/forward", json!(2), json!(4)),
        ("/describe", json!(null), json!("weight 2")),
        ("/other", json!(2), json!(6)),
        ("/hello", json!(null), json!("hello")),
    ] {
        assert_eq!(server.post_to(path, body).await.ok(), expected, "{path}");
    }
    assert_eq!(server.post_to("/nowhere", json!(2)).await.status, 404);
}

#[derive(Clone, serde::Deserialize)]
struct Pair {
    left: i64,
    right: i64,
}

/// Each route takes its own part of the same input.
#[graph(route_prefix = "/parts")]
fn parts() -> i64 {
    let model = Model::bind(10);

    route("/left", |pair: Pair| model.forward(pair.left));
    route("/right", |pair: Pair| model.forward(pair.right));
    route("/both", |pair: Pair, add: Option<i64>| {
        model.forward(pair.left + pair.right) + add.unwrap_or(0)
    });
}

#[tokio::test]
async fn routes_that_take_their_own_part_of_one_input() {
    let app = deploy(parts()).await.unwrap();
    assert_eq!(app.left(Pair { left: 1, right: 2 }).await.unwrap(), 10);
    let server = serve(parts()).await;
    let pair = json!({ "left": 1, "right": 2 });
    let post = |path: &'static str, body: &Value| server.post_to(path, body.clone());
    assert_eq!(post("/parts/left", &pair).await.ok(), 10);
    assert_eq!(post("/parts/right", &pair).await.ok(), 20);
    let both = json!({ "pair": pair, "add": 1 });
    assert_eq!(post("/parts/both", &both).await.ok(), 31);
}

#[tokio::test]
async fn openapi_shows_the_bodies() {
    let server = serve(parts()).await;
    let document = server.get("/-/openapi.json").await.ok();
    let body = |path: &str| {
        let body = &document["paths"][path]["post"]["requestBody"];
        body["content"]["application/json"]["schema"].clone()
    };
    assert_eq!(body("/parts/left")["title"], "Pair");
    let both = body("/parts/both");
    assert_eq!(both["required"], json!(["pair"]));
    assert_eq!(both["properties"]["add"]["anyOf"][0]["type"], "integer");
    let hello = &document["paths"]["/parts/both"]["post"]["responses"]["200"];
    assert_eq!(
        hello["content"]["application/json"]["schema"]["type"],
        "integer"
    );
}
