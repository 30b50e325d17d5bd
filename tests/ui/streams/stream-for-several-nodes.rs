use serve_runtime::prelude::*;

#[deployment]
fn count(to: u32) -> impl Iterator<Item = u32> {
    0..to
}

#[deployment]
async fn sum(numbers: Streaming<u32>) -> Result<u32> {
    Ok(numbers.collect().await?.into_iter().sum())
}

#[deployment]
async fn add(a: u32, b: u32) -> u32 {
    a + b
}

#[graph]
fn twice() -> u32 {
    input(|to: u32| {
        let numbers = count(to);
        let one = sum(numbers);
        let other = sum(numbers);
        add(one, other)
    })
}

fn main() {
    let _ = twice();
}
