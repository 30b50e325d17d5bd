//! A fake for a method that does not exist.

use serve_runtime::prelude::*;

#[deployment]
struct Model;

#[deployment]
impl Model {
    fn new() -> Self {
        Model
    }

    async fn score(&self, text: &str) -> f32 {
        text.len() as f32
    }
}

fn main() {
    let _ = Model::fake().scroe(|_| 0.5);
}
