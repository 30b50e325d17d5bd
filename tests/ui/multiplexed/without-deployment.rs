//! No `#[deployment]` reads the attribute.

use serve_runtime::prelude::*;

struct Translator;

impl Translator {
    #[multiplexed(max_num_models_per_replica = 3)]
    async fn model(&self, model_id: &str) -> String {
        model_id.to_owned()
    }
}

fn main() {}
