use serve_runtime::prelude::*;

#[graph]
struct Photo;

fn main() {}
