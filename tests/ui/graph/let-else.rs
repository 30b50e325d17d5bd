use serve_runtime::prelude::*;

#[deployment]
async fn shorten(text: String) -> String {
    text
}

#[graph]
fn short() -> String {
    input(|text: Option<String>| {
        let Some(text) = text else {
            return String::new();
        };
        shorten(text)
    })
}

#[tokio::main]
async fn main() -> serve_runtime::Result<()> {
    serve_runtime::run(short()).await
}
