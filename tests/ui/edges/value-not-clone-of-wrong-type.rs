#[path = "../pages.rs"]
mod pages;

use pages::*;
use serve_runtime::prelude::*;

#[graph]
fn sort() -> String {
    let detector = Detector::bind();
    let reader = Reader::bind();
    input(|page: Page| {
        let crops = detector.crops(page);
        let first = reader.arrange(crops);
        let second = reader.arrange(crops);
        format!("{first}{second}")
    })
}

fn main() {}
