#[path = "../photos.rs"]
mod photos;

use photos::*;
use serve_runtime::prelude::*;

#[graph]
pub fn broken() -> Vec<u8> {
    let downloader = Downloader::bind();
    input(|url| downloader.run(url))
}

pub async fn everything_that_uses_it() -> Result<Vec<u8>> {
    deploy(broken())
        .await?
        .call("https://example.org".to_owned())
        .await
}

fn main() {}
