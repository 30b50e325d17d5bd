use serve_runtime::prelude::*;

#[deployment(max_concurrent_queries = 8)]
struct Model;

#[deployment]
impl Model {
    fn new() -> Self {
        Model
    }

    fn forward(&self, image: Vec<u8>) -> String {
        format!("{} bytes", image.len())
    }
}

#[graph]
fn photo() -> String {
    let model = Model::bind();
    input(|image: Vec<u8>| model.forward(image))
}

#[tokio::main]
async fn main() -> Result<()> {
    serve_runtime::run(photo()).await
}
