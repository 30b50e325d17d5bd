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
        let text = reader.read(Crop);
        match kind {
            Kind::Letter if text => reader.read(Crop),
            _ => "none".into(),
        }
    })
}

fn main() {}
