//! A graph in an axum server of the user's own.

use std::net::SocketAddr;

use serde_json::json;
use serve_runtime::ServerOptions;
use serve_runtime::axum::{self, Router, routing::get};
use serve_runtime::prelude::*;
use tokio::net::TcpListener;

use super::support::http::Request;
use super::{hello, numbers};

async fn served(router: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

#[tokio::test]
async fn its_router_is_nested_beside_other_routes_and_stops_with_the_application() {
    let app = deploy(numbers()).await.unwrap();
    let router = Router::new()
        .route("/", get(|| async { "home" }))
        .nest("/ai", Deployed::router(&app));
    let address = served(router).await;
    assert_eq!(Request::new("GET", "/").send(address).await.body, "home");
    let post = |path: &'static str| Request::post(path).json(json!(4)).send(address);
    let answer = post("/ai/numbers/half").await;
    assert_eq!(answer.ok(), 2);
    assert!(!answer.id().is_empty());
    assert_eq!(post("/ai/numbers/third").await.status, 404);
    let wrong = Request::post("/ai/numbers").json(json!("four"));
    assert_eq!(wrong.send(address).await.status, 422);

    Deployed::shutdown(app).await;
    assert_eq!(post("/ai/numbers/half").await.status, 503);
}

#[tokio::test]
async fn its_router_keeps_the_application_running() {
    let app = deploy(hello()).await.unwrap();
    let options = ServerOptions::new().max_body_bytes(8);
    let address = served(Deployed::router_with(&app, &options)).await;
    drop(app);
    let post = |body: &'static str| Request::post("/").json(json!(body)).send(address);
    assert_eq!(post("Ada").await.ok(), "hello, Ada");
    assert_eq!(post("Augusta Ada").await.status, 413);
}
