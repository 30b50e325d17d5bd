#[path = "../pages.rs"]
mod pages;

use pages::*;
use serve_runtime::prelude::*;

#[graph]
fn sort() -> String {
    let ocr = ocr::bind("en".into());
    let reader = Reader::bind();
    input(|crop: Crop| reader.read(crop))
}

fn main() {}
