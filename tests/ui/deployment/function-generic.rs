use serve_runtime::prelude::*;

#[deployment]
async fn first<T>(images: Vec<T>) -> T {
    images.into_iter().next().unwrap()
}

#[graph]
fn photo() -> u8 {
    input(|images: Vec<u8>| first(images))
}

#[tokio::main]
async fn main() -> serve_runtime::Result<()> {
    serve_runtime::run(photo()).await
}
