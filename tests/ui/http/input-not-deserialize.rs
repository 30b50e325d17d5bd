use serve_runtime::prelude::*;

struct Photo {
    name: String,
}

#[deployment]
async fn name(photo: Photo) -> String {
    photo.name
}

#[graph]
fn describe() -> String {
    input(|photo: Photo| name(photo))
}

#[tokio::main]
async fn main() -> Result<()> {
    serve_runtime::run(describe()).await
}
