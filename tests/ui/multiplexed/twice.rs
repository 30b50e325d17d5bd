//! Two loaders with two attributes, and one with a batch.

use serve_runtime::prelude::*;

struct Model;

#[deployment]
struct Translator;

#[deployment]
impl Translator {
    fn new() -> Self {
        Translator
    }

    #[multiplexed(max_num_models_per_replica = 3)]
    #[multiplexed]
    async fn model(&self, _model_id: &str) -> Model {
        Model
    }

    #[batch]
    #[multiplexed]
    fn other(&self, _model_id: &str) -> Model {
        Model
    }

    async fn run(&self) -> usize {
        1
    }
}

fn main() {}
