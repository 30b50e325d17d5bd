use serve_runtime::prelude::*;

#[deployment]
struct Model;

#[deployment]
impl Model {
    fn new() -> Self {
        Model
    }

    #[batch = 8]
    fn rate(&self, texts: Vec<String>) -> Vec<usize> {
        texts.iter().map(String::len).collect()
    }
}

fn main() {}
