use serve_runtime::prelude::*;

#[deployment]
struct Downloader;

#[deployment]
impl Downloader {
    fn new() -> Self {
        Downloader
    }
    async fn run(&self, url: String) -> Vec<u8> {
        url.into()
    }
}

#[deployment(budget_ms = 100)]
struct Segmentation;

#[deployment]
impl Segmentation {
    fn new() -> Self {
        Segmentation
    }
    fn forward(&self, image: &Vec<u8>) -> usize {
        image.len()
    }
}

#[deployment(budget_ms = 120)]
async fn rate(image: &Vec<u8>) -> usize {
    image.len()
}

#[deployment]
async fn aggregate(mask: usize, score: usize) -> usize {
    mask + score
}

#[graph(route_prefix = "/photo", slo_ms = 150)]
fn photo() -> usize {
    let downloader = Downloader::bind().budget(std::time::Duration::from_millis(50));
    let segmentation = Segmentation::bind();
    input(|url: String| {
        let image = downloader.run(url);
        aggregate(segmentation.forward(image), rate(image))
    })
}

fn main() {
    let _ = photo();
    let _ = PhotoGraph::TOPOLOGY;
}
