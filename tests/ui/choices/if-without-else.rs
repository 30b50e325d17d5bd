#[path = "../pages.rs"]
mod pages;

use pages::*;
use serve_runtime::prelude::*;

#[graph]
fn sort() -> String {
    let detector = Detector::bind();
    let reader = Reader::bind();
    input(|page: Page| {
        let kind = detector.kind(page);
        let text = if matches!(kind, Kind::Letter) {
            reader.read(Crop)
        };
        text
    })
}

fn main() {}
