#[path = "../pages.rs"]
mod pages;

use pages::*;
use serve_runtime::prelude::*;

#[graph]
fn sort() -> Vec<String> {
    let reader = Reader::bind();
    input(|crops: Vec<Crop>, layout: Layout| {
        crops.map(|crop| reader.place(crop, layout))
    })
}

fn main() {}
