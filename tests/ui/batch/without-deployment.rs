use serve_runtime::prelude::*;

struct Model;

impl Model {
    fn new() -> Self {
        Model
    }

    #[batch(max_batch_size = 8)]
    fn rate(&self, texts: Vec<String>) -> Vec<usize> {
        texts.iter().map(String::len).collect()
    }
}

fn main() {}
