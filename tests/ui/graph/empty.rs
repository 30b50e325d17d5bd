use serve_runtime::prelude::*;

#[graph]
fn photo() -> String {}

fn main() {}
