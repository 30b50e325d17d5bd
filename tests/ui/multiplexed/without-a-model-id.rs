//! Loaders without a model id, or with other parameters.

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
    async fn model(&self) -> Model {
        Model
    }

    #[multiplexed]
    async fn owned(&self, _model_id: String) -> Model {
        Model
    }

    #[multiplexed]
    fn version(&self, _model_id: &str, _version: u32) -> Model {
        Model
    }

    async fn run(&self) -> usize {
        1
    }
}

fn main() {}
