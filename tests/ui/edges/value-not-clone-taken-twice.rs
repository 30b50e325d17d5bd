#[path = "../photos.rs"]
mod photos;

use photos::*;
use serve_runtime::prelude::*;

#[deployment]
async fn both(one: String, other: String) -> String {
    one + &other
}

#[graph]
fn photo() -> String {
    let downloader = Downloader::bind();
    let preprocessor = Preprocessor::bind();
    let segmentation = Segmentation::bind("segmentation.onnx");
    input(|url: String| {
        let mask = segmentation.forward(preprocessor.process(downloader.run(url)));
        both(aggregate(mask, 0.5), aggregate(mask, 1.5))
    })
}

#[tokio::main]
async fn main() -> serve_runtime::Result<()> {
    serve_runtime::run(photo()).await
}
