use serve_runtime::prelude::*;

#[deployment]
fn count(to: u32) -> impl Iterator<Item = u32> {
    0..to
}

#[deployment]
async fn sum(numbers: Vec<u32>) -> u32 {
    numbers.iter().sum()
}

#[deployment]
async fn shout(words: Streaming<String>) -> Streaming<String> {
    words
}

#[graph]
fn sums() -> u32 {
    input(|to: u32| sum(count(to)))
}

#[graph]
fn shouted() -> Streaming<String> {
    input(|to: u32| shout(count(to)))
}

fn main() {}
