use serve_runtime::prelude::*;

#[graph]
fn photo() -> String {
    input(|url: String| {
        let length: String = url.len();
        length
    })
}

#[tokio::main]
async fn main() -> serve_runtime::Result<()> {
    serve_runtime::run(photo()).await
}
