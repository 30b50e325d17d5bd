#[path = "../photos.rs"]
mod photos;

use photos::*;
use serve_runtime::prelude::*;

#[graph]
unsafe fn photo() -> Vec<u8> {
    let downloader = Downloader::bind();
    input(|url: String| downloader.run(url))
}

fn main() {}
