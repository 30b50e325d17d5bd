#[path = "../photos.rs"]
mod photos;

use photos::*;
use serve_runtime::prelude::*;

#[graph]
fn photo() -> String {
    let downloader = Downloader::bind();
    let preprocessor = Preprocessor::bind();
    let integrity = Integrity::bind();
    input(|url: String| {
        let bytes = downloader.run(url);
        let image = preprocessor.process(bytes);
        let score = integrity.forward(image);
        aggregate(score, 0.5)
    })
}

#[tokio::main]
async fn main() -> serve_runtime::Result<()> {
    serve_runtime::run(photo()).await
}
