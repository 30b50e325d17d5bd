#[path = "../photos.rs"]
mod photos;

use photos::*;
use serve_runtime::prelude::*;

#[graph]
fn str() -> Vec<u8> {
    let downloader = Downloader::bind();
    input(|url: String| downloader.run(url))
}

#[tokio::main]
async fn main() -> serve_runtime::Result<()> {
    serve_runtime::run(str()).await
}
