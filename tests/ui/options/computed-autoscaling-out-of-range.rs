use serve_runtime::prelude::*;

const FEWEST: u32 = 3;

#[deployment(autoscaling_config(min_replicas = FEWEST, max_replicas = 2))]
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
