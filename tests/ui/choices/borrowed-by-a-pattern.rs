#[path = "../photos.rs"]
mod photos;

use photos::*;
use serve_runtime::prelude::*;

#[graph]
fn photo() -> Vec<u8> {
    let downloader = Downloader::bind();
    input(|urls: Vec<String>| {
        if let Some((url, _)) = urls.split_first() {
            downloader.run(url.clone())
        } else {
            Vec::new()
        }
    })
}

#[tokio::main]
async fn main() -> serve_runtime::Result<()> {
    serve_runtime::run(photo()).await
}
