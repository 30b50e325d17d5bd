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
        let image = preprocessor.process(downloader.run(url).await);
        let mask = segmentation.forward(imgae);
        let score = integrity.forward(image);
        aggregate(mask, 0.5)
    })
}

#[tokio::main]
async fn main() -> serve_runtime::Result<()> {
    serve_runtime::run(photo()).await
}
