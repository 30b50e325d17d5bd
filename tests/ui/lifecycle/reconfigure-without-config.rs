use serve_runtime::prelude::*;

#[deployment]
struct Model;

#[deployment]
impl Model {
    fn new() -> Self {
        Model
    }

    fn reconfigure(&mut self) {}

    async fn run(&self, text: String) -> String {
        text
    }
}

fn main() {}
