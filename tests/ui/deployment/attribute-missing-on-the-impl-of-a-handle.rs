use serve_runtime::prelude::*;

#[deployment]
struct Model;

impl Model {
    fn new() -> Self {
        Model
    }
    fn forward(&self, image: Vec<u8>) -> f32 {
        image.len() as f32
    }
}

#[deployment]
struct Router {
    model: Handle<Model>,
}

#[deployment]
impl Router {
    fn new(model: Handle<Model>) -> Self {
        Router { model }
    }
    async fn run(&self, image: Vec<u8>) -> Result<f32> {
        self.model.forward(image).await
    }
}

fn main() {}
