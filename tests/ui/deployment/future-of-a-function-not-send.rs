use serve_runtime::prelude::*;

#[deployment]
async fn length(text: String) -> usize {
    let text = std::rc::Rc::new(text);
    std::future::ready(()).await;
    text.len()
}

#[graph]
fn measure() -> usize {
    input(|text: String| length(text))
}

#[tokio::main]
async fn main() -> serve_runtime::Result<()> {
    serve_runtime::run(measure()).await
}
