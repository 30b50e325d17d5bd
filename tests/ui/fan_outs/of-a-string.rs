#[path = "../pages.rs"]
mod pages;

use pages::*;
use serve_runtime::prelude::*;

#[graph]
fn sort() -> Vec<String> {
    let reader = Reader::bind();
    input(|text: String| {
        text.map(|character| reader.read_as(Crop, character))
    })
}

#[tokio::main]
async fn main() -> serve_runtime::Result<()> {
    serve_runtime::run(sort()).await
}
