//! An unknown option.

use serve_runtime::prelude::*;

struct Model;

#[deployment]
struct Translator;

#[deployment]
impl Translator {
    fn new() -> Self {
        Translator
    }

    #[multiplexed(max_models_per_replica = 3)]
    async fn model(&self, _model_id: &str) -> Model {
        Model
    }

    async fn run(&self) -> usize {
        1
    }
}

fn main() {}
