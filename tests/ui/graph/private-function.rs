use serve_runtime::prelude::*;

mod stages {
    use serve_runtime::prelude::*;

    #[deployment]
    async fn hidden(text: String) -> String {
        text
    }
}

#[graph]
fn sort() -> String {
    input(|text: String| stages::hidden(text))
}

#[tokio::main]
async fn main() -> serve_runtime::Result<()> {
    serve_runtime::run(sort()).await
}
