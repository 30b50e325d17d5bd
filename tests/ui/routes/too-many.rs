#[path = "../pages.rs"]
mod pages;

use pages::*;
use serve_runtime::prelude::*;

#[graph]
fn sort() -> String {
    let reader = Reader::bind();
    route("/0", |crop: Crop| reader.read(crop));
    route("/1", |crop: Crop| reader.read(crop));
    route("/2", |crop: Crop| reader.read(crop));
    route("/3", |crop: Crop| reader.read(crop));
    route("/4", |crop: Crop| reader.read(crop));
    route("/5", |crop: Crop| reader.read(crop));
    route("/6", |crop: Crop| reader.read(crop));
    route("/7", |crop: Crop| reader.read(crop));
    route("/8", |crop: Crop| reader.read(crop));
    route("/9", |crop: Crop| reader.read(crop));
    route("/10", |crop: Crop| reader.read(crop));
    route("/11", |crop: Crop| reader.read(crop));
    route("/12", |crop: Crop| reader.read(crop));
    route("/13", |crop: Crop| reader.read(crop));
    route("/14", |crop: Crop| reader.read(crop));
    route("/15", |crop: Crop| reader.read(crop));
    route("/16", |crop: Crop| reader.read(crop));
}

fn main() {}
