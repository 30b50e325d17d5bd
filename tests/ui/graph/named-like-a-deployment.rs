use serve_runtime::prelude::*;

#[deployment]
struct Photo;

#[deployment]
impl Photo {
    fn new() -> Self {
        Photo
    }
    async fn run(&self, url: String) -> String {
        url
    }
}

#[graph]
fn photo() -> String {
    let photo = Photo::bind();
    input(|url: String| photo.run(url))
}

async fn user() -> Result<String> {
    deploy(photo()).await?.call("x".into()).await
}

fn main() {}
