#[path = "../pages.rs"]
mod pages;

use pages::*;
use serve_runtime::prelude::*;

#[graph]
fn sort() -> Vec<String> {
    let reader = Reader::bind();
    input(|crops: Vec<(Crop, String)>| {
        crops.map(|pair @ (crop, language)| reader.read_as(crop, language))
    })
}

fn main() {}
