#[path = "../photos.rs"]
mod photos;

use photos::*;
use serve_runtime::prelude::*;

impl Downloader {
    fn helper(&self, url: String) -> Vec<u8> {
        url.into()
    }
}

#[graph]
fn photo() -> Vec<u8> {
    let downloader = Downloader::bind();
    input(|url: String| downloader.helper(url))
}

#[tokio::main]
async fn main() -> serve_runtime::Result<()> {
    serve_runtime::run(photo()).await
}
