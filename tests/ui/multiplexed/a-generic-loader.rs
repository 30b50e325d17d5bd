//! A loader of any type.

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
    fn model<M: Default>(&self, _model_id: &str) -> M {
        M::default()
    }

    async fn run(&self) -> usize {
        1
    }
}

fn main() {}
