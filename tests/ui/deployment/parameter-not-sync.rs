use serve_runtime::prelude::*;

#[deployment]
struct Model;

#[deployment]
impl Model {
    fn new() -> Self {
        Model
    }
    fn forward(&self, image: &std::cell::RefCell<u8>) -> u8 {
        *image.borrow()
    }
}

fn main() {}
