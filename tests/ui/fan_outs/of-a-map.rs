#[path = "../pages.rs"]
mod pages;

use pages::*;
use serve_runtime::prelude::*;

#[graph]
fn sort() -> Vec<String> {
    let reader = Reader::bind();
    input(|by_name: std::collections::HashMap<String, Crop>| {
        by_name.map(|crop| reader.read(crop))
    })
}

fn main() {}
