use serve_runtime::prelude::*;

#[deployment]
unsafe fn length(bytes: Vec<u8>) -> usize {
    bytes.len()
}

fn main() {}
