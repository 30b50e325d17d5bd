#[path = "../photos.rs"]
mod photos;

use photos::*;
use serve_runtime::prelude::*;

#[graph]
fn photo() -> usize {
    let downloader = Downloader::bind();
    input(|urls: Vec<String>| {
        for part in urls {
            downloader.run(part);
        }
        urls.len()
    })
}

#[tokio::main]
async fn main() -> serve_runtime::Result<()> {
    serve_runtime::run(photo()).await
}
