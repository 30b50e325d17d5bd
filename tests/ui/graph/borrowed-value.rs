#[path = "../photos.rs"]
mod photos;

use photos::*;
use serve_runtime::prelude::*;

#[graph]
fn photo() -> f32 {
    let preprocessor = Preprocessor::bind();
    let integrity = Integrity::bind();
    input(|bytes: Vec<u8>| {
        let image = preprocessor.process(bytes);
        integrity.forward(&image)
    })
}

#[tokio::main]
async fn main() -> serve_runtime::Result<()> {
    serve_runtime::run(photo()).await
}
