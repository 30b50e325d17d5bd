use serve_runtime::prelude::*;

#[deployment(colour = "red")]
struct Model;

#[deployment]
impl Model {
    fn new() -> Self {
        Model
    }
    fn forward(&self, image: Vec<u8>) -> f32 {
        image.len() as f32
    }
}

fn main() {}
