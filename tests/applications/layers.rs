//! Layers are around the routes of the graphs and the user's own, and not around the server's.

use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use serve_runtime::axum::{self, Router, routing::get};

use super::support::http::{self, serve_all};
use super::{hello, server};

async fn authenticate(request: Request, next: Next) -> Response {
    match request.headers().get("authorization") {
        Some(token) if token == "Bearer tea" => next.run(request).await,
        _ => StatusCode::UNAUTHORIZED.into_response(),
    }
}

async fn marked(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response
        .headers_mut()
        .append("x-mark", "1".parse().unwrap());
    response
}

#[tokio::test]
async fn an_outer_layer_answers_before_a_graph_does() {
    let own = Router::new().route("/own", get(|| async { "own" }));
    let served = server()
        .application(hello())
        .routes(own)
        .layer(from_fn(authenticate))
        .layer(from_fn(marked)); // the outermost
    let served = serve_all(served).await;
    for (method, path) in [("POST", "/"), ("GET", "/own"), ("GET", "/nothing")] {
        let refused = http::Request::new(method, path).json(json!("Ada"));
        let refused = refused.send(served.address).await;
        assert_eq!(refused.status, 401, "{path}");
        assert_eq!(refused.headers["x-mark"], "1", "{path}");
        assert!(!refused.id().is_empty());
    }
    let welcome = http::Request::post("/").header("authorization", "Bearer tea");
    let welcome = welcome.json(json!("Ada")).send(served.address).await;
    assert_eq!(welcome.ok(), "hello, Ada");
    assert_eq!(welcome.headers["x-mark"], "1");
    for path in ["/-/healthz", "/-/livez", "/-/routes", "/-/openapi.json"] {
        let open = served.get(path).await;
        assert_eq!(open.status, 200, "{path}");
        assert!(!open.headers.contains_key("x-mark"), "{path}");
    }
}
