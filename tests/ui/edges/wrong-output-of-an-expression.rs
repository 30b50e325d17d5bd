#[path = "../photos.rs"]
mod photos;

use photos::*;
use serve_runtime::prelude::*;

#[graph]
fn photo() -> String {
    let downloader = Downloader::bind();
    input(|url: String| {
        let bytes = downloader.run(url);
        bytes.len()
    })
}

#[tokio::main]
async fn main() -> serve_runtime::Result<()> {
    serve_runtime::run(photo()).await
}
