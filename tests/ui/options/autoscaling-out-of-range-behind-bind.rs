#[path = "../photos.rs"]
mod photos;

use photos::*;
use serve_runtime::prelude::*;

#[graph]
fn photo() -> Vec<u8> {
    let downloader = Downloader::bind().autoscaling_config(AutoscalingConfig {
        max_replicas: 4,
        initial_replicas: Some(5),
        ..Default::default()
    });
    input(|url: String| downloader.run(url))
}

fn main() {}
