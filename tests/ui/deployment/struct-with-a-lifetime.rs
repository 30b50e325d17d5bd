use serve_runtime::prelude::*;

#[deployment]
struct Model<'w> {
    weights: &'w [f32],
}

#[deployment]
impl<'w> Model<'w> {
    fn new(weights: &'w [f32]) -> Self {
        Model { weights }
    }
    fn forward(&self, image: Vec<u8>) -> usize {
        image.len() + self.weights.len()
    }
}

fn main() {}
