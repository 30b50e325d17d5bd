#[path = "../photos.rs"]
mod photos;

use photos::*;
use serve_runtime::prelude::*;

#[deployment]
async fn area(mask: &Mask) -> usize {
    std::mem::size_of_val(mask)
}

#[deployment]
async fn both(report: String, area: usize) -> String {
    format!("{report} {area}")
}

#[graph]
fn photo() -> String {
    let downloader = Downloader::bind();
    let preprocessor = Preprocessor::bind();
    let segmentation = Segmentation::bind("segmentation.onnx");
    input(|url: String| {
        let mask = segmentation.forward(preprocessor.process(downloader.run(url)));
        both(aggregate(mask, 0.5), area(mask))
    })
}

#[tokio::main]
async fn main() -> serve_runtime::Result<()> {
    serve_runtime::run(photo()).await
}
