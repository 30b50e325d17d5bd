use serve_runtime::prelude::*;

#[deployment]
struct Model;

#[deployment]
impl Model {
    fn new() -> Self {
        Model
    }
    fn bind(&self, image: Vec<u8>) -> f32 {
        image.len() as f32
    }
}

fn main() {}
