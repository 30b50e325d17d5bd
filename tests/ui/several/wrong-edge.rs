#[path = "../photos.rs"]
mod photos;

use photos::*;
use serve_runtime::prelude::*;

#[graph]
fn photo() -> String {
    let downloader = Downloader::bind();
    let preprocessor = Preprocessor::bind();
    let segmentation = Segmentation::bind("segmentation.onnx");
    let integrity = Integrity::bind();

    input(|url: String| {
        let image = preprocessor.process(downloader.run(url));
        let mask = segmentation.forward(image);
        let score = integrity.forward(image);
        aggregate(score, mask)
    })
}

#[tokio::main]
async fn main() -> serve_runtime::Result<()> {
    serve_runtime::run(photo()).await
}
