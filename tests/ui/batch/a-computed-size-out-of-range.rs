use serve_runtime::prelude::*;

const NONE: u32 = 0;

#[deployment]
struct Model;

#[deployment]
impl Model {
    fn new() -> Self {
        Model
    }

    #[batch(max_batch_size = NONE)]
    fn rate(&self, texts: Vec<String>) -> Vec<usize> {
        texts.iter().map(String::len).collect()
    }
}

fn main() {}
