use serve_runtime::prelude::*;

#[deployment]
struct Model;

#[deployment]
impl Model {
    fn new() -> Self {
        Model
    }

    #[batch]
    fn rate(&self, texts: Vec<String>) -> Vec<usize> {
        texts.iter().map(String::len).collect()
    }
}

#[graph]
fn rated() -> Vec<usize> {
    let model = Model::bind();
    input(|texts: Vec<String>| model.rate(texts))
}

#[tokio::main]
async fn main() -> serve_runtime::Result<()> {
    serve_runtime::run(rated()).await
}
