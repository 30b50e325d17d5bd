#[path = "../pages.rs"]
mod pages;

use pages::*;
use serve_runtime::prelude::*;

#[graph]
fn sort() -> Vec<String> {
    let reader = Reader::bind();
    input(|text: String, crops: Vec<Crop>| {
        let letters = text.chars().map(|letter| reader.read_as(Crop, letter.to_string()));
        let plain = crops.iter().cloned().map(|crop| reader.read(crop)).collect();
        (letters, plain)
    })
}

fn main() {}
