#[path = "../pages.rs"]
mod pages;

use pages::*;
use serve_runtime::prelude::*;

#[graph]
fn sort() -> String {
    let reader = Reader::bind();
    route("/read", |crop: Crop| reader.read(crop));
    route("/read", |crop: Crop| reader.read(crop));
    route("/r%65ad", |crop: Crop| reader.read(crop));
}

fn main() {}
