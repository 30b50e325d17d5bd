//! The routes under `/-/`.

use std::sync::Arc;

use axum::Json;
use axum::extract::State as Extracted;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::answer::Problem;
use super::floats::Floats;
use super::state::State;
use super::{openapi, paths};
use crate::application::Health;
use crate::graph::Graph;

/// `GET /-/livez`: the process answers.
pub(super) async fn livez() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

/// `GET /-/healthz`: whether requests can be served.
pub(super) async fn healthz<G: Graph>(Extracted(state): Extracted<Arc<State<G>>>) -> Response {
    match state.health() {
        Ok(Health::Ok) => Json(json!({ "status": "ok" })).into_response(),
        Ok(Health::Degraded(unhealthy)) => {
            Json(json!({ "status": "degraded", "unhealthy": unhealthy })).into_response()
        }
        Err(error) => {
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, error.message()).into_response()
        }
    }
}

/// `GET /-/routes`: the routes and their graphs.
pub(super) async fn routes<G: Graph>() -> Json<Value> {
    let name = G::TOPOLOGY.name;
    let routes = paths::of::<G>().into_iter();
    let routes = routes.map(|path| (path, Value::from(name)));
    Json(Value::Object(routes.collect()))
}

/// `GET /-/openapi.json`: the inputs and outputs of the routes.
pub(super) async fn openapi<G: Graph>(floats: Floats) -> Json<Value> {
    Json(openapi::document(G::TOPOLOGY, floats))
}
