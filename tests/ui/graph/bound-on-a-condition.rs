//! Which deployments a graph has is known at compile time.

use serve_runtime::prelude::*;

#[deployment]
struct Small;

#[deployment]
impl Small {
    fn new() -> Self {
        Small
    }

    async fn run(&self, text: String) -> String {
        text
    }
}

#[graph]
fn pipeline(large: bool) -> String {
    let model = if large {
        Small::bind().num_replicas(4)
    } else {
        Small::bind()
    };

    input(|text: String| model.run(text))
}

#[tokio::main]
async fn main() -> Result<()> {
    serve_runtime::run(pipeline(true)).await
}
