#[path = "../pages.rs"]
mod pages;

use pages::*;
use serve_runtime::prelude::*;

#[graph]
fn sort() -> String {
    let reader = Reader::bind();
    route("/read", reader.read);
}

#[tokio::main]
async fn main() -> serve_runtime::Result<()> {
    serve_runtime::run(sort()).await
}
