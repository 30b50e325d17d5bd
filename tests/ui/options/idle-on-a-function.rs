#![deny(deprecated)] // this is only a warning otherwise

use serve_runtime::prelude::*;

#[deployment(num_replicas = 2)]
async fn shout(text: String) -> String {
    text.to_uppercase()
}

#[deployment(num_replicas = 2, max_ongoing_requests = 8)]
async fn whisper(text: String) -> String {
    text.to_lowercase()
}

#[deployment(num_replicas = 2, max_ongoing_requests = 8)]
fn count(text: String) -> usize {
    text.len()
}

fn main() {}
