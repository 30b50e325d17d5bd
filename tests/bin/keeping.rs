//! Its one node keeps the thread that it is polled on for some seconds, in an `async fn`.

use std::time::Duration;

use serve_runtime::prelude::*;

#[deployment]
struct Model;

#[deployment]
impl Model {
    fn new() -> Self {
        Model
    }

    async fn run(&self, seconds: u64) -> u64 {
        std::thread::sleep(Duration::from_secs(seconds));
        seconds
    }
}

/// Blocks for so many seconds.
#[graph]
fn keeping() -> u64 {
    let model = Model::bind();
    input(|seconds: u64| model.run(seconds))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    serve_runtime::run(keeping()).await
}
