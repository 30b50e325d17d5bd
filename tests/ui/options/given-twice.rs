use serve_runtime::prelude::*;

#[deployment(num_cpus = 1, num_gpus = 1, num_cpus = 2)]
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
