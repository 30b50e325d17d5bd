use serve_runtime::prelude::*;

#[deployment]
struct Model;

#[deployment]
impl Model {
    fn new() -> Self {
        Model
    }
    const SIZE: usize = 1;
}

#[graph]
fn photo() -> String {
    let model = Model::bind();
    input(|image: String| model.forward(image))
}

#[tokio::main]
async fn main() -> serve_runtime::Result<()> {
    serve_runtime::run(photo()).await
}
