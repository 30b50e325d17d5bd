use serve_runtime::prelude::*;

#[graph]
fn photo() -> &'static str {
    input(|url: String| url.trim())
}

fn main() {}
