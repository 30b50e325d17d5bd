use serve_runtime::prelude::*;

#[graph]
fn photo() -> String {
    input(|url: String| {
        let length: String = url.len();
        length
    })
}

fn main() {}
