#[path = "../photos.rs"]
mod photos;

use photos::*;
use serve_runtime::prelude::*;

#[derive(serde::Serialize, serde::Deserialize)]
struct Request {
    url: String,
}

#[graph]
fn photo() -> Vec<u8> {
    let downloader = Downloader::bind();
    input(|request: Request| downloader.run(&request.url))
}

#[tokio::main]
async fn main() -> serve_runtime::Result<()> {
    serve_runtime::run(photo()).await
}
