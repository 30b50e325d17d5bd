#[path = "../pages.rs"]
mod pages;

use pages::*;
use serve_runtime::prelude::*;

#[graph]
fn sort() -> Vec<f32> {
    input(|crops: Vec<Crop>| {
        crops.map(|crop| score(crop))
    })
}

fn main() {}
