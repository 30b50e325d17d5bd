use serve_runtime::prelude::*;

#[deployment]
struct Model;

#[deployment]
impl Model {
    fn new() -> Self {
        Model
    }
    async fn forward(&self, image: Vec<u8>) -> std::rc::Rc<str> {
        let _ = image;
        "a".into()
    }
}

#[graph]
fn photo() -> usize {
    let model = Model::bind();
    input(|image: Vec<u8>| {
        let name = model.forward(image);
        name.len()
    })
}

#[tokio::main]
async fn main() -> serve_runtime::Result<()> {
    serve_runtime::run(photo()).await
}
