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
    input(|url: String, strict: bool| {
        let image = preprocessor.process(downloader.run(url));
        let score = match strict {
            true => integrity.forward(image),
            false => 1.0,
        };
        aggregate(segmentation.forward(image), score)
    })
}

fn main() {}
