use serve_runtime::prelude::*;
use std::path::{Path, PathBuf};

#[deployment]
struct Model {
    weights: PathBuf,
    size: usize,
}

#[deployment]
impl Model {
    fn new(weights: &Path, size: usize) -> Self {
        Model {
            weights: weights.to_owned(),
            size,
        }
    }

    fn forward(&self, image: Vec<u8>) -> String {
        format!("{:?} {} {}", self.weights, self.size, image.len())
    }
}

#[graph]
fn photo() -> String {
    let model = Model::bind(64, "weights.bin");
    input(|image: Vec<u8>| model.forward(image))
}

#[tokio::main]
async fn main() -> Result<()> {
    serve_runtime::run(photo()).await
}
