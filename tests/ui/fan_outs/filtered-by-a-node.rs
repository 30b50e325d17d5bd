#[path = "../pages.rs"]
mod pages;

use pages::*;
use serve_runtime::prelude::*;

#[graph]
fn sort() -> Vec<Crop> {
    input(|crops: Vec<Crop>| {
        crops.filter(|crop| score(crop))
    })
}

fn main() {}
