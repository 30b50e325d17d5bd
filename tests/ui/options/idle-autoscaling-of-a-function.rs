#![deny(deprecated)]

use serve_runtime::prelude::*;

#[deployment(autoscaling_config(max_replicas = 4))]
async fn double(number: u32) -> u32 {
    2 * number
}

fn main() {}
