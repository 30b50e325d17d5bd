use serve_runtime::prelude::*;

#[deployment(num_replicas = 0)]
struct Model;

#[deployment]
impl Model {
    fn new() -> Self {
        Model
    }
    fn forward(&self, image: &mut Vec<u8>) -> usize {
        image.len()
    }
    fn label<T: Into<String>>(&self, text: T) -> String {
        text.into()
    }
}

#[graph]
fn photo() -> String {
    let model = Model::bind();
    input(|image: Vec<u8>| {
        let size = model.forward(image);
        model.label(size.to_string())
    })
}

#[tokio::main]
async fn main() -> serve_runtime::Result<()> {
    serve_runtime::run(photo()).await
}
