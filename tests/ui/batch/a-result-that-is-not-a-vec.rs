use serve_runtime::prelude::*;

#[deployment]
struct Model;

#[deployment]
impl Model {
    fn new() -> Self {
        Model
    }

    #[batch]
    fn rate(&self, texts: Vec<String>) -> Result<usize> {
        Ok(texts.len())
    }

    #[batch]
    fn forget(&self, _texts: Vec<String>) {}
}

fn main() {}
