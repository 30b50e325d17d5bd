//! A fake that returns another type than its method.

use serve_runtime::prelude::*;

#[deployment]
struct Model;

#[deployment]
impl Model {
    fn new() -> Self {
        Model
    }

    async fn score(&self, text: &str) -> Result<f32> {
        Ok(text.len() as f32)
    }
}

fn main() {
    let _ = Model::fake().score(|_| "high");
}
