use serve_runtime::prelude::*;

#[deployment]
struct Model {
    threshold: f32,
}

#[deployment]
impl Model {
    fn new() -> Self {
        Model { threshold: 0.5 }
    }

    fn reconfigure(&mut self, threshold: f32) {
        self.threshold = threshold;
    }

    async fn run(&self, score: f32) -> bool {
        score > self.threshold
    }
}

#[graph]
fn verdict() -> bool {
    let model = Model::bind().user_config("strict");
    input(|score: f32| model.run(score))
}

#[tokio::main]
async fn main() -> serve_runtime::Result<()> {
    serve_runtime::run(verdict()).await
}
