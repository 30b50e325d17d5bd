#[path = "../photos.rs"]
mod photos;

use photos::*;
use serve_runtime::prelude::*;

#[graph]
fn photo() -> String {
    let downloader = Downloader::bind();
    input(|url: String| {
        let text: String = downloader.run(url);
        text
    })
}

fn main() {}
