//! A model that only one thread can use.

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
    fn model(&self, _model_id: &str) -> Result<std::rc::Rc<Model>> {
        Ok(std::rc::Rc::new(Model))
    }

    async fn run(&self) -> usize {
        1
    }
}

fn main() {}
