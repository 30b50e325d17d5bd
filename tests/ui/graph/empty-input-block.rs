use serve_runtime::prelude::*;

#[graph]
fn photo() -> String {
    input(|url: String| {})
}

fn main() {}
