#[path = "../photos.rs"]
mod photos;

use photos::*;
use serve_runtime::prelude::*;

struct Request {
    url: String,
}

#[graph]
fn photo() -> Vec<u8> {
    let downloader = Downloader::bind();
    input(|request: Request| downloader.run(&request.url))
}

fn main() {}
