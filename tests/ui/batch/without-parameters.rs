use serve_runtime::prelude::*;

#[deployment]
struct Model;

#[deployment]
impl Model {
    fn new() -> Self {
        Model
    }

    #[batch]
    fn rate(&self) -> Vec<usize> {
        Vec::new()
    }
}

fn main() {}
