use serve_runtime::prelude::*;

#[deployment]
struct Model;

#[deployment]
impl Model {
    fn new() -> Self {
        Model
    }
    async fn forward(&self, image: Vec<u8>) -> usize {
        image.len()
    }
    fn forward(&self, image: String) -> usize {
        image.len()
    }
}

fn main() {}
