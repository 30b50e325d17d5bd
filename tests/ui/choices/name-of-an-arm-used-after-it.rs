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
            Kind::Letter => {
                let letter = reader.read(Crop);
                reader.read_as(Crop, letter)
            }
            _ => reader.read(Crop),
        };
        reader.read_as(Crop, format!("{text}{letter}"))
    })
}

fn main() {}
