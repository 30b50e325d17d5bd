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
fn photo() -> f32 {
    let downloader = Downloader::bind();
    let router = Router::bind(downloader);
    let integrity = Integrity::bind();
    input(|| integrity.forward(Image))
}

#[tokio::main]
async fn main() -> serve_runtime::Result<()> {
    serve_runtime::run(photo()).await
}
