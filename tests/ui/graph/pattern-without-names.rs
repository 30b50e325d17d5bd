#[path = "../photos.rs"]
mod photos;

use photos::*;
use serve_runtime::prelude::*;

#[graph]
fn photo() -> String {
    let downloader = Downloader::bind();
    input(|url: String| {
        let (_, _) = (downloader.run(url), "photo");
        "photo".to_owned()
    })
}

fn main() {}
