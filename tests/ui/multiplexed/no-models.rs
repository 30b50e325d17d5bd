//! A replica that keeps no models.

use serve_runtime::prelude::*;

struct Model;

#[deployment]
struct Translator;

#[deployment]
impl Translator {
    fn new() -> Self {
        Translator
    }

    #[multiplexed(max_num_models_per_replica = 0)]
    async fn model(&self, _model_id: &str) -> Model {
        Model
    }

    async fn run(&self) -> usize {
        1
    }
}

fn main() {}
