//! A fake with other parameters than its method.

use serve_runtime::prelude::*;

#[deployment]
async fn score(text: &str, limit: usize) -> f32 {
    text.len().min(limit) as f32
}

fn main() {
    let _ = score::fake(|_text: Shared<String>, _limit: f64| 0.5);
    let _ = score::fake(|_text| 0.5);
}
