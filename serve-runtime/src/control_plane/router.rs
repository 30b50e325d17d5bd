//! The requests that the control plane answers.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use serde::Deserialize;
use serde_json::json;

use super::answers::{self, refused, status_of};
use super::details::details;
use super::guard::{Guard, guarded};
use crate::config::Config;
use crate::ingress::applications::Hosting;
use crate::ingress::{management, openapi};
use crate::{Error, Result};

/// The version of Ray whose control plane this answers as. Each command of its command line asks for it first.
const RAY_VERSION: &str = "2.60.0";

/// All of them.
pub(crate) fn router(hosting: &Arc<Hosting>, guard: Guard) -> Router {
    let guarded_routes = Router::new()
        .route("/api/ray/version", get(version))
        .route(
            "/api/serve/applications/",
            get(applications).put(put).delete(delete_all),
        )
        .route(
            "/api/v1/applications/{application}/deployments/{deployment}/scale",
            post(scale_from_outside),
        )
        .route("/api/node/{application}/{deployment}/scale", post(scale))
        .route("/api/applications/{application}", delete(delete_one))
        .route("/api/config/plan", post(plan))
        .route("/api/openapi/{application}", get(openapi_of))
        .with_state(Arc::clone(hosting))
        .layer(from_fn_with_state(guard, guarded));
    management::health(Arc::clone(hosting)).merge(guarded_routes)
}

async fn version() -> Response {
    let version = json!({
        "version": "4",
        "ray_version": RAY_VERSION,
        "ray_commit": "",
        "session_name": "",
    });
    answers::json(StatusCode::OK, &version)
}

async fn applications(State(hosting): State<Arc<Hosting>>) -> Response {
    answers::json(StatusCode::OK, &details(&hosting))
}

/// Answers as soon as the configuration is checked, as Ray does. It is text: JSON, or YAML as in a file.
async fn put(
    State(hosting): State<Arc<Hosting>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    body: Bytes,
) -> Response {
    let config = text_of(&body).and_then(Config::from_client);
    let accepted = match config {
        Ok(config) => hosting.put(config).await,
        Err(error) => Err(error),
    };
    match accepted {
        Ok(done) => {
            tracing::info!(%peer, "a configuration was accepted by the control plane");
            tokio::spawn(async move {
                match done.await {
                    Ok(()) => tracing::info!("the configuration has been applied"),
                    Err(error) => tracing::error!(%error, "the configuration could not be applied"),
                }
            });
            StatusCode::OK.into_response()
        }
        Err(error) => {
            let why = format!("{error}\n");
            (status_of(&error), why).into_response()
        }
    }
}

/// What the same would change.
async fn plan(State(hosting): State<Arc<Hosting>>, body: Bytes) -> Response {
    let steps = text_of(&body)
        .and_then(Config::from_client)
        .and_then(|config| hosting.steps(&config));
    match steps {
        Ok(steps) => answers::json(StatusCode::OK, &json!({ "steps": steps })),
        Err(error) => (status_of(&error), format!("{error}\n")).into_response(),
    }
}

fn text_of(body: &[u8]) -> Result<&str> {
    let text = std::str::from_utf8(body);
    text.map_err(|_| Error::invalid_input("a configuration is text in UTF-8"))
}

/// Answers at once, as Ray does.
async fn delete_all(
    State(hosting): State<Arc<Hosting>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
) -> Response {
    tracing::info!(%peer, "all applications are deleted by the control plane");
    for application in hosting.applications() {
        drop(hosting.delete(application.name()));
    }
    StatusCode::OK.into_response()
}

/// The same for one application.
async fn delete_one(
    State(hosting): State<Arc<Hosting>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path(application): Path<String>,
) -> Response {
    match hosting.control(&application) {
        Some(_) => {
            tracing::info!(%peer, application, "is deleted by the control plane");
            drop(hosting.delete(&application));
            StatusCode::OK.into_response()
        }
        None => unknown(&application),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scale {
    target_num_replicas: u32,
}

/// As Ray's, for scalers of others: only where the application's configuration lets them.
async fn scale_from_outside(
    hosting: State<Arc<Hosting>>,
    peer: ConnectInfo<SocketAddr>,
    Path((application, deployment)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    match hosting.may_be_scaled(&application) {
        Some(false) => refused(
            StatusCode::PRECONDITION_FAILED,
            format!(
                "the configuration of `{application}` does not have `external_scaler_enabled: true`"
            ),
        ),
        _ => scale(hosting, peer, Path((application, deployment)), body).await,
    }
}

/// Answers once the replicas are there, or cannot be.
async fn scale(
    State(hosting): State<Arc<Hosting>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path((application, deployment)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    let scale: Scale = match serde_json::from_slice(&body) {
        Ok(scale) => scale,
        Err(error) => {
            let why = format!("Invalid request body: {error}");
            return refused(StatusCode::BAD_REQUEST, why);
        }
    };
    let Some(control) = hosting.control(&application) else {
        return unknown(&application);
    };
    let num_replicas = scale.target_num_replicas;
    tracing::info!(%peer, application, deployment, num_replicas, "is scaled by the control plane");
    match control.scale(&deployment, num_replicas).await {
        Ok(()) => {
            let message = "Scaling request received. Deployment will get scaled asynchronously.";
            answers::json(StatusCode::OK, &json!({ "message": message }))
        }
        Err(error) => refused(status_of(&error), error.to_string()),
    }
}

async fn openapi_of(
    State(hosting): State<Arc<Hosting>>,
    Path(application): Path<String>,
) -> Response {
    let mut all = hosting.applications();
    all.retain(|it| it.name() == application);
    match &all[..] {
        [] => unknown(&application),
        found => {
            let floats = hosting.serving.floats;
            answers::json(StatusCode::OK, &openapi::document(found, floats))
        }
    }
}

fn unknown(application: &str) -> Response {
    let why = format!("there is no application `{application}`");
    refused(StatusCode::NOT_FOUND, why)
}
