use serve_runtime::prelude::*;

#[deployment]
struct Model;

#[deployment]
impl Model {
    fn new() -> Self {
        Model
    }

    #[batch(cost = tokens)]
    fn rate(&self, texts: Vec<String>) -> Vec<usize> {
        texts.iter().map(String::len).collect()
    }

    #[batch(max_batch_cost = 100)]
    fn other(&self, texts: Vec<String>) -> Vec<usize> {
        self.rate(texts)
    }
}

fn tokens(text: &str) -> usize {
    text.len()
}

fn main() {}
