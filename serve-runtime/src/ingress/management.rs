//! The routes under `/-/`.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::answer::Problem;
use super::applications::Applications;
use super::floats::Floats;
use super::openapi;
use crate::application::Health;

/// All of them.
pub(super) fn router(applications: Applications, floats: Floats) -> Router {
    Router::new()
        .route("/-/livez", get(livez))
        .route("/-/healthz", get(healthz))
        .route("/-/routes", get(routes))
        .route(
            "/-/openapi.json",
            get(move |State(applications): State<Applications>| async move {
                Json(openapi::document(&applications, floats))
            }),
        )
        .with_state(applications)
}

/// `GET /-/livez`: the process answers.
async fn livez() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

/// `GET /-/healthz`: whether requests can be served.
async fn healthz(State(applications): State<Applications>) -> Response {
    match applications.health() {
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
async fn routes(State(applications): State<Applications>) -> Json<Value> {
    let routes = applications.iter().flat_map(|application| {
        let name = application.name();
        let routes = application.routes().iter();
        routes.map(move |route| (route.clone(), Value::from(name)))
    });
    Json(Value::Object(routes.collect()))
}
