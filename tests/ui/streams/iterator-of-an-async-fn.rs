use serve_runtime::prelude::*;

#[deployment]
async fn count(to: u32) -> impl Iterator<Item = u32> {
    0..to
}

fn main() {
    let _ = count::bind();
}
