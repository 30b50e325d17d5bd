use serve_runtime::prelude::*;

#[graph]
fn photo() -> String {}

#[tokio::main]
async fn main() -> serve_runtime::Result<()> {
    serve_runtime::run(photo()).await
}
