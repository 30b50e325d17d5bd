#[path = "../pages.rs"]
mod pages;

use pages::*;
use serve_runtime::prelude::*;

#[graph]
fn sort() -> Vec<String> {
    let reader = Reader::bind();
    input(|crops: Vec<Crop>| {
        crops.map(|crop| async move { reader.read(crop).await })
    })
}

fn main() {}
