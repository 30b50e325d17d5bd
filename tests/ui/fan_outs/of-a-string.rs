#[path = "../pages.rs"]
mod pages;

use pages::*;
use serve_runtime::prelude::*;

#[graph]
fn sort() -> Vec<String> {
    let reader = Reader::bind();
    input(|text: String| {
        text.map(|character| reader.read_as(Crop, character))
    })
}

fn main() {}
