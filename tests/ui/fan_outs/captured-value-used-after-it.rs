#[path = "../pages.rs"]
mod pages;

use pages::*;
use serve_runtime::prelude::*;

#[graph]
fn sort() -> (Vec<String>, String) {
    let reader = Reader::bind();
    input(|crops: Vec<Crop>, layout: Layout| {
        let placed = crops.map(|crop| reader.place(crop, layout));
        let arranged = reader.arrange(layout);
        (placed, arranged)
    })
}

fn main() {}
