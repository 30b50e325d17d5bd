use serve_runtime::prelude::*;

struct Model;

impl Model {
    #[deployment]
    fn forward(&self, image: Vec<u8>) -> usize {
        image.len()
    }
}

fn main() {}
