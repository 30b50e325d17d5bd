use serve_runtime::prelude::*;

type Result = std::result::Result<f32, std::io::Error>;

#[deployment]
struct Model;

#[deployment]
impl Model {
    fn new() -> Self {
        Model
    }
    fn forward(&self, image: Vec<u8>) -> Result {
        Ok(image.len() as f32)
    }
}

#[graph]
fn photo() -> f32 {
    let model = Model::bind();
    input(|image: Vec<u8>| model.forward(image))
}

#[tokio::main]
async fn main() -> serve_runtime::Result<()> {
    serve_runtime::run(photo()).await
}
