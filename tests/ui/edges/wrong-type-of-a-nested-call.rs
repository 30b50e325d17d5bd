#[path = "../photos.rs"]
mod photos;

use photos::*;
use serve_runtime::prelude::*;

#[graph]
fn photo() -> Mask {
    let downloader = Downloader::bind();
    let segmentation = Segmentation::bind("segmentation.onnx");
    input(|url: String| segmentation.forward(downloader.run(url)))
}

fn main() {}
