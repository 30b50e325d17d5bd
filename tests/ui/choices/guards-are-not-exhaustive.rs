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
        match kind {
            Kind::Letter | Kind::Form => reader.read(Crop),
            Kind::Other(name) if name.len() > 3 => reader.read_as(Crop, name),
        }
    })
}

fn main() {}
