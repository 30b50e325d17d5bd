//! A graph whose deployments have `autoscaling_config`.

use serve_runtime::prelude::*;

#[deployment(autoscaling_config(max_replicas = 4, upscale_delay_s = 5, metrics_interval_s = 1))]
struct Model;

#[deployment]
impl Model {
    fn new() -> Self {
        Model
    }

    fn forward(&self, number: u32) -> u32 {
        number + 1
    }
}

#[deployment(max_ongoing_requests = 8)]
async fn fixed(number: u32) -> u32 {
    2 * number
}

/// The graph in the graph.
#[graph]
fn inner(max_replicas: u32) -> u32 {
    let lazy = Model::bind().autoscaling_config(
        AutoscalingConfig::new()
            .min_replicas(0)
            .max_replicas(max_replicas),
    );
    input(|number: u32| lazy.forward(number))
}

/// Scales.
#[graph]
fn scaled() -> u32 {
    let inner = inner::bind(3);
    let model = Model::bind();
    input(|number: u32| fixed(model.forward(inner.call(number))))
}

#[tokio::main]
async fn main() -> Result<()> {
    serve_runtime::run(scaled()).await
}
