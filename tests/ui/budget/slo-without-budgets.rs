#![deny(deprecated)] // this is only a warning otherwise

use serve_runtime::prelude::*;

#[deployment]
async fn length(text: &str) -> usize {
    text.len()
}

#[deployment(budget_ms = 100)]
async fn double(number: usize) -> usize {
    2 * number
}

#[graph(slo_ms = 150)]
fn lengths() -> usize {
    input(|text: String| length(text))
}

#[graph(slo_ms = 150)]
fn twice() -> usize {
    input(|text: String| double(length(text)))
}

fn main() {
    let _ = lengths();
    let _ = twice();
}
