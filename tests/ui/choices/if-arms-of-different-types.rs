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
        if matches!(kind, Kind::Letter) {
            reader.read(Crop)
        } else {
            score(reader.read(Crop))
        }
    })
}

fn main() {}
