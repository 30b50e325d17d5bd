//! What is put in the place of a deployment is the deployment itself, or a closure.

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
