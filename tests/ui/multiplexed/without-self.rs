//! Loaders that no replica can call, or only one call at a time.

use serve_runtime::prelude::*;

struct Model;

#[deployment]
struct Translator;

#[deployment]
impl Translator {
    fn new() -> Self {
        Translator
    }

    #[multiplexed]
    async fn model(_model_id: &str) -> Model {
        Model
    }

    #[multiplexed]
    fn exclusive(&mut self, _model_id: &str) -> Model {
        Model
    }

    async fn run(&self) -> usize {
        1
    }
}

fn main() {}
