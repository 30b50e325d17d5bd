use serve_runtime::prelude::*;

#[deployment]
async fn length(text: String) -> usize {
    text.len()
}

#[graph]
fn measure() -> usize {
    input(|text: String| {
        let text = std::rc::Rc::new(text);
        let length = length(text.to_string());
        length + text.len()
    })
}

#[tokio::main]
async fn main() -> serve_runtime::Result<()> {
    serve_runtime::run(measure()).await
}
