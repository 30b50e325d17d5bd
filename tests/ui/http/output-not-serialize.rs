use serve_runtime::prelude::*;

struct Photo {
    name: String,
}

#[deployment]
async fn photo(name: String) -> Photo {
    Photo { name }
}

#[graph]
fn describe() -> Photo {
    input(|name: String| photo(name))
}

#[tokio::main]
async fn main() -> Result<()> {
    serve_runtime::run(describe()).await
}
