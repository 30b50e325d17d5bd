#[path = "../photos.rs"]
mod photos;

use photos::*;
use serve_runtime::prelude::*;

#[deployment]
struct Router;

#[deployment]
impl Router {
    fn new(next: Handle<Downloader>) -> Self {
        let _ = next;
        Router
    }
    async fn run(&self, url: String) -> String {
        url
    }
}

#[graph]
fn photo() -> String {
    let router = Router::bind(downloader);
    let downloader = Downloader::bind();
    input(|url: String| router.run(url))
}

#[tokio::main]
async fn main() -> serve_runtime::Result<()> {
    serve_runtime::run(photo()).await
}
