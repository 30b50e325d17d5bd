#[path = "../photos.rs"]
mod photos;

use photos::*;
use serve_runtime::prelude::*;

fn summarise(bytes: Vec<u8>) -> String {
    format!("{} bytes", bytes.len())
}

#[graph]
fn photo() -> String {
    let downloader = Downloader::bind();
    input(|url: String| summarise(downloader.run(url)))
}

#[tokio::main]
async fn main() -> serve_runtime::Result<()> {
    serve_runtime::run(photo()).await
}
