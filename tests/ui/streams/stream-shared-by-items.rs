use serve_runtime::prelude::*;

#[deployment]
fn count(to: u32) -> impl Iterator<Item = u32> {
    0..to
}

#[deployment]
async fn sum(numbers: Streaming<u32>, n: u32) -> Result<u32> {
    Ok(numbers.collect().await?.iter().sum::<u32>() + n)
}

#[graph]
fn sums() -> Vec<u32> {
    input(|items: Vec<u32>| {
        let numbers = count(3);
        items.map(|n| sum(numbers, n))
    })
}

#[tokio::main]
async fn main() -> serve_runtime::Result<()> {
    serve_runtime::run(sums()).await
}
