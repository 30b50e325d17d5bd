#[path = "../photos.rs"]
mod photos;

use photos::*;
use serve_runtime::prelude::*;

#[graph]
fn photo() -> Vec<u8> {
    let downloader = Downloader::bind();
    input(|url: String| {
        #[cfg(debug_assertions)]
        let url = format!("{url}?small");
        downloader.run(url)
    })
}

fn main() {}
