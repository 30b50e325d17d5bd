//! A model over any engine.
use serve_runtime::prelude::*;

trait Engine: Send + Sync + 'static {
    fn load(path: &str) -> Self;
    fn infer(&self, input: &[f32]) -> Vec<f32>;
}

struct Cpu {
    scale: f32,
}

impl Engine for Cpu {
    fn load(path: &str) -> Self {
        Cpu { scale: path.len() as f32 }
    }

    fn infer(&self, input: &[f32]) -> Vec<f32> {
        input.iter().map(|x| x * self.scale).collect()
    }
}

#[deployment]
struct Model<E> {
    engine: E,
}

#[deployment]
impl<E: Engine> Model<E> {
    fn new(path: String) -> Self {
        Model { engine: E::load(&path) }
    }

    fn forward(&self, input: Vec<f32>) -> Vec<f32> {
        self.engine.infer(&input)
    }
}

#[deployment]
struct Counter {
    seen: u64,
}

#[deployment]
impl Counter {
    fn new(seen: u64) -> Self {
        Counter { seen }
    }

    fn count(&mut self, output: &[f32]) -> u64 {
        self.seen += output.len() as u64;
        self.seen
    }
}

#[deployment]
fn top<T: Default + Send + Sync + std::fmt::Debug + 'static>(output: &[f32], count: u64) -> String {
    let best = output.iter().copied().fold(f32::MIN, f32::max);
    format!("{best} after {count}, {:?}", T::default())
}

#[graph]
fn infer(path: String) -> String {
    let model = Model::<Cpu>::bind(path);
    let counter = Counter::bind(0);

    input(|features: Vec<f32>| {
        let output = model.forward(features);
        let count = counter.count(output);
        top(output, count)
    })
}

#[tokio::main]
async fn main() -> Result<()> {
    serve_runtime::run(infer("model.onnx".into())).await
}
