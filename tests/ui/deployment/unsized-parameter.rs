use serve_runtime::prelude::*;

#[deployment]
fn length(bytes: [u8]) -> usize {
    bytes.len()
}

fn main() {}
