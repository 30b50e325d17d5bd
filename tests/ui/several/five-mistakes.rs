#[path = "../photos.rs"]
mod photos;

use photos::*;
use serve_runtime::prelude::*;

#[deployment(num_replicas = 0)]
struct Labels;

#[deployment]
impl Labels {
    fn new() -> Self {
        Labels
    }
    async fn run(self, image: Shared<Image>) -> String {
        let _ = image;
        "plant".into()
    }
}

#[graph]
fn photo() -> String {
    let downloader = Downloader::bind();
    let preprocessor = Preprocessor::bind();
    let segmentation = Segmentation::bind("segmentation.onnx");
    let integrity = Integrity::bind();
    let labels = Labels::bind();
    input(|url: String| {
        let image = preprocessor.process(downloader.run(url).await);
        let mask = segmentation.forward(imgae);
        let label = labels.run(image);
        aggregate(mask, integrity.forward(image)?)
    })
}

#[tokio::main]
async fn main() -> serve_runtime::Result<()> {
    serve_runtime::run(photo()).await
}
