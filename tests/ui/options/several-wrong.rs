use serve_runtime::prelude::*;

#[deployment(num_replicas = 0, num_gpus = -0.5, nmae = "x", max_ongoing_requests = 0)]
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
