#[path = "../pages.rs"]
mod pages;

use pages::*;
use serve_runtime::prelude::*;

#[graph]
fn sort() -> Vec<String> {
    let ocr = ocr::bind("en".into());
    input(|crop: Crop| ocr.call(crop))
}

fn main() {}
