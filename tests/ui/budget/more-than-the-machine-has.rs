use serve_runtime::prelude::*;

const HALF: f64 = 0.5;

#[deployment(num_replicas = 2, num_cpus = 2, num_gpus = HALF)]
struct Model;

#[deployment]
impl Model {
    fn new() -> Self {
        Model
    }
    fn forward(&self, image: Vec<u8>) -> usize {
        image.len()
    }
}

#[deployment(num_cpus = 0.25)]
fn add(a: usize, b: usize) -> usize {
    a + b
}

#[graph(max_cpus = 8, max_gpus = 1 + 1)]
fn photo() -> usize {
    let large = Model::bind().num_replicas(3).num_gpus(0.75);
    let small = Model::bind();
    input(|image: Vec<u8>| add(large.forward(image), small.forward(image)))
}

fn main() {
    let _ = photo();
}
