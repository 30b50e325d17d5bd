#[path = "../photos.rs"]
mod photos;

use photos::*;
use serve_runtime::prelude::*;

#[graph]
fn photo() -> String {
    let downloader = Downloader::bind();
    let segmentation = Segmentation::bind("segmentation.onnx");
    let integrity = Integrity::bind();
    input(|url: String| {
        let image = Image;
        let bytes = downloader.run(url);
        let mask = segmentation.forward(bytes);
        let score = integrity.forward(image);
        aggregate(mask, score + bytes.len() as f32)
    })
}

#[tokio::main]
async fn main() -> serve_runtime::Result<()> {
    serve_runtime::run(photo()).await
}
