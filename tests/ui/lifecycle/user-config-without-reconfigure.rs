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

#[tokio::main]
async fn main() -> serve_runtime::Result<()> {
    serve_runtime::run(answers()).await
}
