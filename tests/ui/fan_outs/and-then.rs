#[path = "../pages.rs"]
mod pages;

use pages::*;
use serve_runtime::prelude::*;

#[graph]
fn sort() -> Option<String> {
    let reader = Reader::bind();
    input(|crop: Option<Crop>| {
        crop.and_then(|crop| reader.read(crop))
    })
}

fn main() {}
