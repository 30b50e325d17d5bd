#[path = "../photos.rs"]
mod photos;

use photos::*;
use serve_runtime::prelude::*;

#[graph]
fn photo() -> Option<u8> {
    let downloader = Downloader::bind();
    input(|url: String| {
        let first = downloader.run(url).first();
        first.copied()
    })
}

#[tokio::main]
async fn main() -> serve_runtime::Result<()> {
    serve_runtime::run(photo()).await
}
