#[path = "../photos.rs"]
mod photos;

use photos::*;
use serve_runtime::prelude::*;

#[deployment]
async fn area(mask: &Mask) -> usize {
    std::mem::size_of_val(mask)
}

#[graph]
fn photo() -> (Mask, usize) {
    let downloader = Downloader::bind();
    let preprocessor = Preprocessor::bind();
    let segmentation = Segmentation::bind("segmentation.onnx");
    input(|url: String| {
        let mask = segmentation.forward(preprocessor.process(downloader.run(url)));
        (mask, area(mask))
    })
}

fn main() {}
