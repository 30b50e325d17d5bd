#[path = "../pages.rs"]
mod pages;

use pages::*;
use serve_runtime::prelude::*;

#[graph]
fn sort() -> String {
    let reader = Reader::bind();
    input(|crops: Vec<Crop>| {
        crops.map(|crop| reader.read(crop))
    })
}

fn main() {}
