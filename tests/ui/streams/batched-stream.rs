use serve_runtime::prelude::*;

#[deployment]
#[batch]
fn count(to: Vec<u32>) -> impl Iterator<Item = u32> {
    to.into_iter()
}

fn main() {
    let _ = count::bind();
}
