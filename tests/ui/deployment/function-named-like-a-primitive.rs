use serve_runtime::prelude::*;

#[deployment]
async fn char(bytes: Vec<u8>) -> usize {
    bytes.len()
}

fn main() {}
