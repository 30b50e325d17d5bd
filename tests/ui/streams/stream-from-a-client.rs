use serve_runtime::prelude::*;

#[deployment]
async fn double(numbers: Streaming<u32>) -> Streaming<u32> {
    numbers.map(|n| 2 * n)
}

#[graph]
fn doubled() -> Streaming<u32> {
    input(|numbers: Streaming<u32>| double(numbers))
}

#[tokio::main]
async fn main() -> Result<()> {
    serve_runtime::run(doubled()).await
}
