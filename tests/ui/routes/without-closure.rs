#[path = "../pages.rs"]
mod pages;

use pages::*;
use serve_runtime::prelude::*;

#[graph]
fn sort() -> String {
    let reader = Reader::bind();
    route("/read", reader.read);
}

fn main() {}
