use serve_runtime::prelude::*;

#[deployment]
struct Model {
    seen: std::sync::Mutex<usize>,
}

#[deployment]
impl Model {
    fn new() -> Self {
        Model {
            seen: Default::default(),
        }
    }
    async fn forward(&self, image: Vec<u8>) -> usize {
        let mut seen = self.seen.lock().unwrap();
        std::future::ready(()).await;
        *seen += image.len();
        *seen
    }
}

#[graph]
fn photo() -> usize {
    let model = Model::bind();
    input(|image: Vec<u8>| model.forward(image))
}

#[tokio::main]
async fn main() -> serve_runtime::Result<()> {
    serve_runtime::run(photo()).await
}
