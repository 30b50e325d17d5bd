use serve_runtime::prelude::*;

#[deployment]
struct Model;

#[deployment]
impl Model {
    fn new() -> Self {
        Model
    }

    #[batch]
    async fn rate(&self, texts: Vec<String>) -> Vec<usize> {
        texts.iter().map(String::len).collect()
    }
}

#[deployment]
#[batch]
async fn shout(texts: Vec<String>) -> Vec<String> {
    texts
}

fn main() {}
