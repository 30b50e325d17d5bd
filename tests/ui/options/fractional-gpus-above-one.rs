use serve_runtime::prelude::*;

#[deployment(num_gpus = 1.5)]
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
