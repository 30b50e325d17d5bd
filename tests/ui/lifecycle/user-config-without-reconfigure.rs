use serve_runtime::prelude::*;

#[deployment]
struct Model;

#[deployment]
impl Model {
    fn new() -> Self {
        Model
    }

    async fn run(&self, text: String) -> String {
        text
    }
}

#[graph]
fn answers() -> String {
    let model = Model::bind().user_config(3);
    input(|text: String| model.run(text))
}

fn main() {}
