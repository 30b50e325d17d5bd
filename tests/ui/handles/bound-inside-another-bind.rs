#[path = "../photos.rs"]
mod photos;

use photos::*;
use serve_runtime::prelude::*;

#[deployment]
struct Router {
    next: Handle<Downloader>,
}

#[deployment]
impl Router {
    fn new(next: Handle<Downloader>) -> Self {
        Router { next }
    }
    async fn run(&self, url: String) -> Result<Vec<u8>> {
        self.next.run(url).await
    }
}

#[graph]
fn photo() -> Vec<u8> {
    let router = Router::bind(Downloader::bind());
    input(|url: String| router.run(url))
}

#[tokio::main]
async fn main() -> serve_runtime::Result<()> {
    serve_runtime::run(photo()).await
}
