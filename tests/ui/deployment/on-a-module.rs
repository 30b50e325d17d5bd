use serve_runtime::prelude::*;

#[deployment]
mod models {}

fn main() {}
