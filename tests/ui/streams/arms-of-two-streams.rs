use serve_runtime::prelude::*;

#[deployment]
fn count(to: u32) -> impl Iterator<Item = u32> {
    0..to
}

#[deployment]
async fn words() -> impl Stream<Item = String> {
    futures_util::stream::empty()
}

#[graph]
fn either() -> Streaming<u32> {
    input(|to: u32| if to > 3 { count(to) } else { words() })
}

fn main() {}
