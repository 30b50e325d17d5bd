#[path = "../pages.rs"]
mod pages;

use pages::*;
use serve_runtime::prelude::*;

#[graph]
fn sort() -> Vec<Crop> {
    let detector = Detector::bind();
    input(|detector: Page| detector.crops(detector))
}

fn main() {}
