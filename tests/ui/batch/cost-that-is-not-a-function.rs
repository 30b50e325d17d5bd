use serve_runtime::prelude::*;

#[deployment]
struct Model;

#[deployment]
impl Model {
    fn new() -> Self {
        Model
    }

    #[batch(cost = |text: &String| text.len(), max_batch_cost = 100)]
    fn rate(&self, texts: Vec<String>) -> Vec<usize> {
        texts.iter().map(String::len).collect()
    }

    #[batch(group_by = "language")]
    fn other(&self, texts: Vec<String>) -> Vec<usize> {
        self.rate(texts)
    }
}

fn main() {}
