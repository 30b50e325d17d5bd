#[path = "../photos.rs"]
mod photos;

use photos::*;
use serve_runtime::prelude::*;

#[graph]
fn photo() -> Vec<u8> {
    let downloader = Downloader::bind().num_replicas(0);
    input(|url: String| downloader.run(url))
}

fn main() {}
