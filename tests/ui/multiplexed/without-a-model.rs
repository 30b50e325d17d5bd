//! A loader that returns nothing.

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
    async fn model(&self, _model_id: &str) {}

    async fn run(&self) -> usize {
        1
    }
}

fn main() {}
