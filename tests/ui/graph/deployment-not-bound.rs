#[path = "../photos.rs"]
mod photos;

use photos::*;
use serve_runtime::prelude::*;

#[graph]
fn photo() -> f32 {
    let preprocessor = Preprocessor::bind();
    let integrity = Integrity::new();
    input(|bytes: Vec<u8>| integrity.forward(preprocessor.process(bytes)))
}

#[tokio::main]
async fn main() -> serve_runtime::Result<()> {
    serve_runtime::run(photo()).await
}
