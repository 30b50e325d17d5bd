use serve_runtime::prelude::*;

#[deployment]
struct Model;

#[deployment]
impl Model {
    fn new() -> Self {
        Model
    }

    #[batch(cost = pixels, max_batch_cost = 100)]
    fn rate(&self, texts: Vec<String>) -> Vec<usize> {
        texts.iter().map(String::len).collect()
    }
}

fn pixels(image: &Vec<u8>) -> usize {
    image.len()
}

fn main() {}
