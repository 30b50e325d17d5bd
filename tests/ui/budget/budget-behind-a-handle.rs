#![deny(deprecated)] // this is only a warning otherwise

use serve_runtime::prelude::*;

#[deployment(budget_ms = 20)]
struct Model;

#[deployment]
impl Model {
    fn new() -> Self {
        Model
    }

    fn run(&self, x: u64) -> u64 {
        x
    }
}

#[deployment]
struct Counted {
    model: Handle<Model>,
}

#[deployment]
impl Counted {
    fn new(model: Handle<Model>) -> Self {
        Counted { model }
    }

    async fn run(&self, x: u64) -> Result<u64> {
        self.model.run(x).await
    }
}

#[graph(slo_ms = 100)]
fn held() -> u64 {
    let model = Model::bind();
    let counted = Counted::bind(model.clone()).budget(std::time::Duration::from_millis(30));
    let uncounted = Counted::bind(model);
    input(|x: u64| uncounted.run(counted.run(x)))
}

fn main() {
    let _ = held();
}
