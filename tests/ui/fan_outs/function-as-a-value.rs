use serve_runtime::prelude::*;

#[deployment]
fn length(bytes: Vec<u8>) -> usize {
    bytes.len()
}

#[graph]
fn photos() -> Vec<usize> {
    input(|all: Vec<Vec<u8>>| all.map(length))
}

#[tokio::main]
async fn main() -> serve_runtime::Result<()> {
    serve_runtime::run(photos()).await
}
