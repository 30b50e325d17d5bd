//! The routes under `/-/`.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Map, Value, json};

use super::answer::Problem;
use super::applications::Hosting;
use super::floats::Floats;
use super::openapi;
use crate::application::Health;

/// Those that tell how the server is.
pub(crate) fn health(hosting: Arc<Hosting>) -> Router {
    Router::new()
        .route("/-/livez", get(livez))
        .route("/-/healthz", get(healthz))
        .with_state(hosting)
}

/// All of them.
pub(super) fn router(hosting: Arc<Hosting>, floats: Floats) -> Router {
    let health = health(Arc::clone(&hosting));
    Router::new()
        .route("/-/routes", get(routes))
        .route(
            "/-/openapi.json",
            get(move |State(hosting): State<Arc<Hosting>>| async move {
                Json(openapi::document(&hosting.applications(), floats))
            }),
        )
        .with_state(hosting)
        .merge(health)
}

/// `GET /-/livez`: the process answers.
async fn livez() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

/// `GET /-/healthz`: whether requests can be served.
async fn healthz(State(hosting): State<Arc<Hosting>>) -> Response {
    match hosting.health() {
        Ok(Health::Ok) => Json(json!({ "status": "ok" })).into_response(),
        Ok(Health::Degraded(unhealthy)) => {
            Json(json!({ "status": "degraded", "unhealthy": unhealthy })).into_response()
        }
        Err(error) => {
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, error.message()).into_response()
        }
    }
}

/// `GET /-/routes`: the routes and their applications.
async fn routes(State(hosting): State<Arc<Hosting>>) -> Json<Value> {
    let mut all = Map::new();
    for application in hosting.applications() {
        let routes = application.routes().iter();
        all.extend(routes.map(|route| (route.clone(), application.name().into())));
    }
    Json(Value::Object(all))
}
