#[path = "../photos.rs"]
mod photos;

use photos::*;
use serve_runtime::prelude::*;

#[graph]
fn photo() -> Vec<Vec<u8>> {
    let downloader = Downloader::bind();
    input(|urls: Vec<String>| urls.into_iter().map(|url| downloader.run(url)).collect())
}

#[tokio::main]
async fn main() -> serve_runtime::Result<()> {
    serve_runtime::run(photo()).await
}
