use serve_runtime::prelude::*;

#[deployment]
struct Model;

#[deployment]
impl Model {
    fn new() -> Self {
        Model
    }

    #[batch(max_batch_size = 8)]
    fn rate(&self, texts: Vec<String>, limit: f32, stops: &[String]) -> Vec<bool> {
        texts.iter().map(|text| text.len() as f32 > limit && !stops.contains(text)).collect()
    }
}

fn main() {}
