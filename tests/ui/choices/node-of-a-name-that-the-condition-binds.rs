use serve_runtime::prelude::*;

#[deployment]
async fn is_long(text: String) -> bool {
    text.len() > 9
}

#[deployment]
async fn shorten(text: String) -> String {
    text
}

#[graph]
fn short() -> String {
    input(|text: Option<String>| {
        if let Some(text) = text && is_long(text) {
            shorten(text)
        } else {
            String::new()
        }
    })
}

#[tokio::main]
async fn main() -> serve_runtime::Result<()> {
    serve_runtime::run(short()).await
}
