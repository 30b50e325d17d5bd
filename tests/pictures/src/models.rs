//! Models.

pub mod classifier;
pub mod loader;
pub mod prelude;

use serve_runtime::prelude::*;

/// What a model sees.
pub type Labels = Vec<String>;

/// Asks two models.
#[deployment(num_replicas = 2, max_queued_requests = 7)]
pub struct Judge {
    cats: Handle<classifier::Classifier>,
    dogs: Handle<prelude::Dogs>,
}

#[deployment]
impl Judge {
    /// Makes one.
    pub fn new(cats: Handle<classifier::Classifier>, dogs: Handle<prelude::Dogs>) -> Self {
        Judge { cats, dogs }
    }

    /// Which one is right.
    pub async fn judge(&self, image: Shared<Vec<u8>>, labels: Labels) -> Result<String> {
        let more = self.dogs.classify(image.clone()).await?;
        let less = self.cats.classify(image).await?;
        Ok(format!("{labels:?} {more:?} {less:?}"))
    }
}
