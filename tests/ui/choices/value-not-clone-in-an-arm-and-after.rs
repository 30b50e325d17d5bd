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
        let layout = detector.layout(page);
        let first = match kind {
            Kind::Letter => reader.arrange(layout),
            _ => reader.read(Crop),
        };
        let second = reader.arrange(layout);
        format!("{first}{second}")
    })
}

fn main() {}
