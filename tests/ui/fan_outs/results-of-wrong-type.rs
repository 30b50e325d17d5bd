#[path = "../pages.rs"]
mod pages;

use pages::*;
use serve_runtime::prelude::*;

#[graph]
fn sort() -> String {
    let reader = Reader::bind();
    input(|crops: Vec<Crop>| {
        let texts = crops.map(|crop| reader.read(crop));
        reader.read_as(Crop, texts)
    })
}

fn main() {}
