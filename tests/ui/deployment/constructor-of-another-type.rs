use serve_runtime::prelude::*;

#[deployment]
struct Model;

#[deployment]
impl Model {
    fn new() -> Option<Self> {
        Some(Model)
    }
    async fn forward(&self, image: Vec<u8>) -> usize {
        image.len()
    }
}

fn main() {}
