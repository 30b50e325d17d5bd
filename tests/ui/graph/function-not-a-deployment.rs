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

fn main() {}
