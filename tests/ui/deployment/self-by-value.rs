use serve_runtime::prelude::*;

#[deployment]
struct Model;

#[deployment]
impl Model {
    fn new() -> Self {
        Model
    }
    fn forward(self, image: Vec<u8>) -> f32 {
        image.len() as f32
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
