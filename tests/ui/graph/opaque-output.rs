#[path = "../photos.rs"]
mod photos;

use photos::*;
use serve_runtime::prelude::*;

#[graph]
fn photo() -> impl Iterator<Item = u8> {
    let downloader = Downloader::bind();
    input(|url: String| downloader.run(url))
}

fn main() {}
