use serve_runtime::prelude::*;

struct Config {
    threshold: f32,
}

#[deployment]
struct Model {
    threshold: f32,
}

#[deployment]
impl Model {
    fn new() -> Self {
        Model { threshold: 0.5 }
    }

    fn reconfigure(&mut self, config: Config) {
        self.threshold = config.threshold;
    }

    async fn run(&self, score: f32) -> bool {
        score > self.threshold
    }
}

fn main() {}
