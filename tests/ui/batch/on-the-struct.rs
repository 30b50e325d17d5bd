use serve_runtime::prelude::*;

#[deployment]
#[batch]
struct Model;

#[deployment]
impl Model {
    fn new() -> Self {
        Model
    }

    fn rate(&self, texts: Vec<String>) -> Vec<usize> {
        texts.iter().map(String::len).collect()
    }
}

fn main() {}
