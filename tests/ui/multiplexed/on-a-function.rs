//! A function has no replicas that keep models.

use serve_runtime::prelude::*;

#[deployment]
#[multiplexed]
async fn model(model_id: String) -> String {
    model_id
}

fn main() {}
