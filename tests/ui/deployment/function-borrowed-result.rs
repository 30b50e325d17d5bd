use serve_runtime::prelude::*;

#[deployment]
async fn first(images: &Vec<u8>) -> &u8 {
    &images[0]
}

#[graph]
fn photo() -> u8 {
    input(|images: Vec<u8>| first(images))
}

#[tokio::main]
async fn main() -> serve_runtime::Result<()> {
    serve_runtime::run(photo()).await
}
