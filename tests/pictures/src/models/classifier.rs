//! One class, bound many times.

use super::Labels;
use serve_runtime::prelude::*;

/// Names what it sees.
#[deployment(
    num_cpus = 2,
    memory = 3_221_225_472,
    resources = [("license", 1)],
    name = "eyes",
    autoscaling_config(min_replicas = 0, max_replicas = 4, upscale_delay_s = 1)
)]
#[derive(Debug)]
pub struct Classifier {
    weights: String,
}

#[deployment]
impl Classifier {
    /// Makes one.
    pub fn new(weights: &str) -> Self {
        let weights = weights.to_owned();
        Classifier { weights }
    }

    /// Computes.
    pub fn classify(&self, image: &[u8]) -> Result<Labels, std::fmt::Error> {
        Ok(vec![format!("{}: {}", self.weights, image.len())])
    }
}
