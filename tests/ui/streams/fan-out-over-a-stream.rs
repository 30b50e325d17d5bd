use serve_runtime::prelude::*;

#[deployment]
fn count(to: u32) -> impl Iterator<Item = u32> {
    0..to
}

#[deployment]
async fn double(n: u32) -> u32 {
    2 * n
}

#[graph]
fn doubled() -> Vec<u32> {
    input(|to: u32| {
        let numbers = count(to);
        numbers.map(|n| double(n))
    })
}

#[tokio::main]
async fn main() -> serve_runtime::Result<()> {
    serve_runtime::run(doubled()).await
}
