#[path = "../photos.rs"]
mod photos;

use photos::*;
use serve_runtime::prelude::*;

#[graph]
fn photo() -> (Vec<u8>, usize) {
    let downloader = Downloader::bind();
    input(|url: String| {
        let trimmed = url.trim();
        (downloader.run(trimmed.to_owned()), url.len())
    })
}

#[tokio::main]
async fn main() -> serve_runtime::Result<()> {
    serve_runtime::run(photo()).await
}
