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
        let text = match kind {
            Kind::Letter => score("letter".to_string()),
            _ => 0.5,
        };
        reader.read_as(Crop, text)
    })
}

fn main() {}
