use serve_runtime::prelude::*;

#[deployment]
fn count(to: u32) -> impl Iterator<Item = u32> {
    0..to
}

#[deployment]
async fn sum(_numbers: &Streaming<u32>) -> u32 {
    0
}

#[graph]
fn sums() -> u32 {
    input(|to: u32| sum(count(to)))
}

#[tokio::main]
async fn main() -> serve_runtime::Result<()> {
    serve_runtime::run(sums()).await
}
