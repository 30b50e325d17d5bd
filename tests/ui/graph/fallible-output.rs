#[path = "../photos.rs"]
mod photos;

use photos::*;
use serve_runtime::prelude::*;

#[graph]
fn photo() -> Result<Image> {
    let preprocessor = Preprocessor::bind();
    input(|bytes: Vec<u8>| preprocessor.process(bytes))
}

fn main() {}
