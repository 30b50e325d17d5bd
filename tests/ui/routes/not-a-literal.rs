#[path = "../pages.rs"]
mod pages;

use pages::*;
use serve_runtime::prelude::*;

#[graph]
fn sort() -> String {
    let reader = Reader::bind();
    const READ: &str = "/read";
    route(READ, |crop: Crop| reader.read(crop));
}

fn main() {}
