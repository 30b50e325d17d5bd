use serve_runtime::prelude::*;

struct Plain;

impl Plain {
    fn run(&self, text: String) -> String {
        text
    }
}

#[graph]
fn sort() -> String {
    let plain = Plain::bind();
    input(|text: String| plain.run(text))
}

#[tokio::main]
async fn main() -> serve_runtime::Result<()> {
    serve_runtime::run(sort()).await
}
