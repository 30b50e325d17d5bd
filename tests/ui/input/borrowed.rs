#[path = "../photos.rs"]
mod photos;

use photos::*;
use serve_runtime::prelude::*;

#[graph]
fn photo() -> Image {
    let preprocessor = Preprocessor::bind();
    input(|bytes: &[u8]| preprocessor.process(bytes.to_vec()))
}

fn main() {}
