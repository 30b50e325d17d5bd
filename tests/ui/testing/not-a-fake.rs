//! A deployment can be replaced only by the deployment itself, or by a closure.

use serve_runtime::prelude::*;

#[deployment]
async fn score(text: &str) -> usize {
    text.len()
}

#[graph]
fn scoring() -> usize {
    input(|text: String| score(text))
}

fn main() {
    let _ = scoring().with("score", |_text: &str| 3);
}
