//! Serves the graph, and its photos beside it.

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use ::content_understanding::network::Weights;
use axum::Router;
use content_understanding::graph::content_understanding;
use serve_runtime::prelude::*;
use tower_http::services::ServeDir;

#[tokio::main]
async fn main() -> Result<()> {
    let assets = assets();
    let photos = Router::new().nest_service("/photos", ServeDir::new(assets.join("photos")));
    let models = assets.join("models");
    let imagenet = Arc::new(Weights::load(&models.join("efficientnet_lite0.onnx"))?);
    serve_runtime::Server::new()
        .application(content_understanding(models, imagenet))
        .routes(photos)
        .on_ready(print_example)
        .cli()
        .await
}

/// Where `models/` and `photos/` are: in `CONTENT_UNDERSTANDING_ASSETS`, or in the source tree.
fn assets() -> PathBuf {
    match std::env::var_os("CONTENT_UNDERSTANDING_ASSETS") {
        Some(assets) => assets.into(),
        None => env!("CARGO_MANIFEST_DIR").into(),
    }
}

/// Prints a command to try. A closed standard output is no reason to stop serving.
fn print_example(address: SocketAddr) {
    let _ = write!(
        std::io::stdout(),
        "serving content_understanding on http://{address}/content - try:

  curl http://{address}/content -H 'content-type: application/json' \\
    -d '{{\"image_url\": \"http://{address}/photos/coffee.png\", \"category\": \"general\"}}'

"
    );
}
