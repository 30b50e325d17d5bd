use serve_runtime::prelude::*;

trait Backend {
    fn load() -> Self;
    fn infer(&self, input: &[f32]) -> Vec<f32>;
}

struct Cpu;

impl Backend for Cpu {
    fn load() -> Self {
        Cpu
    }

    fn infer(&self, input: &[f32]) -> Vec<f32> {
        input.iter().map(|x| x * 2.0).collect()
    }
}

#[deployment]
struct Model<B> {
    backend: B,
}

#[deployment]
impl<B: Backend> Model<B> {
    fn new() -> Self {
        Model { backend: B::load() }
    }

    fn forward(&self, input: Vec<f32>) -> Vec<f32> {
        self.backend.infer(&input)
    }
}

#[graph]
fn infer() -> Vec<f32> {
    let model = Model::<Cpu>::bind();

    input(|features: Vec<f32>| model.forward(features))
}

#[tokio::main]
async fn main() -> Result<()> {
    serve_runtime::run(infer()).await
}
