use serve_runtime::prelude::*;

#[deployment]
async fn pass(numbers: Streaming<u32>) -> impl Stream {
    numbers
}

fn main() {
    let _ = pass::bind();
}
