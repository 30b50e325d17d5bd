use serve_runtime::prelude::*;

#[deployment]
#[deployment(num_replicas = 2)]
fn length(bytes: Vec<u8>) -> usize {
    bytes.len()
}

fn main() {}
