use serve_runtime::prelude::*;

#[deployment]
struct PhotoGraph;

#[deployment]
impl PhotoGraph {
    fn new() -> Self {
        PhotoGraph
    }
    async fn run(&self, url: String) -> String {
        url
    }
}

#[graph]
fn photo() -> String {
    let photo = PhotoGraph::bind();
    input(|url: String| photo.run(url))
}

async fn user() -> Result<String> {
    deploy(photo()).await?.call("x".into()).await
}

#[tokio::main]
async fn main() -> serve_runtime::Result<()> {
    serve_runtime::run(photo()).await
}
