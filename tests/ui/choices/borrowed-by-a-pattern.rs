#[path = "../photos.rs"]
mod photos;

use photos::*;
use serve_runtime::prelude::*;

#[graph]
fn photo() -> Vec<u8> {
    let downloader = Downloader::bind();
    input(|urls: Vec<String>| {
        if let Some(url) = urls.first() {
            downloader.run(url.clone())
        } else {
            Vec::new()
        }
    })
}

fn main() {}
