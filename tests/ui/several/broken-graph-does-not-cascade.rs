#[path = "../photos.rs"]
mod photos;

use photos::*;
use serve_runtime::prelude::*;

#[graph]
pub fn broken(weights: String) -> Mask {
    let downloader = Downloader::bind();
    let preprocessor = Preprocessor::bind();
    let segmentation = Segmentation::bind(weights);
    input(|url: String| {
        let image = preprocessor.process(downloader.run(url));
        segmentation.forward(imgae)
    })
}

pub async fn everything_that_uses_it() -> Result<Mask> {
    let application: Application<BrokenGraph> = broken("weights.onnx".into());
    assert_eq!(BrokenGraph::TOPOLOGY.name, "broken");
    let deployed = deploy(application).await?;
    let handle: &BrokenGraphHandle = serve_runtime::Deployed::handle(&deployed);
    let mask: Mask = handle.call("https://example.org".to_owned()).await?;
    let _ = mask;
    deployed.call("https://example.org".to_owned()).await
}

fn main() {}
