#[path = "../photos.rs"]
mod photos;

use photos::*;
use serve_runtime::prelude::*;

#[graph]
fn photo() -> Mask {
    let downloader = Downloader::bind();
    let segmentation = Segmentation::bind("segmentation.onnx");
    input(|url: String| {
        let bytes = downloader.run(url);
        segmentation.forward(bytes)
    })
}

fn main() {}
