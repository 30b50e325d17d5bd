use serve_runtime::prelude::*;

#[deployment(
    autoscaling_config(
        min_replicas = 1.5,
        max_replicas = "four",
        target_ongoing_requests = 0,
        upscale_delay_s = -1,
        upscaling_factors = 2,
    )
)]
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
