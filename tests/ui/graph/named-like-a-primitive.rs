#[path = "../photos.rs"]
mod photos;

use photos::*;
use serve_runtime::prelude::*;

#[graph]
fn str() -> Vec<u8> {
    let downloader = Downloader::bind();
    input(|url: String| downloader.run(url))
}

fn main() {}
