use serve_runtime::prelude::*;

#[deployment]
fn pass(numbers: Streaming<u32>) -> Streaming<u32> {
    numbers
}

fn main() {
    let _ = pass::bind();
}
