#[path = "../pages.rs"]
mod pages;

use pages::*;
use serve_runtime::prelude::*;

#[graph]
fn sort() -> String {
    let reader = Reader::bind();
    route("read", |crop: Crop| reader.read(crop));
    route("/read/", |crop: Crop| reader.read(crop));
    route("/read/{id}", |crop: Crop| reader.read(crop));
    route("/read/../all", |crop: Crop| reader.read(crop));
}

fn main() {}
