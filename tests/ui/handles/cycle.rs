use serve_runtime::prelude::*;

#[deployment]
struct Router;

#[deployment]
impl Router {
    fn new(next: Handle<Router>) -> Self {
        let _ = next;
        Router
    }
    async fn run(&self, url: String) -> String {
        url
    }
}

#[graph]
fn photo() -> String {
    let a = Router::bind(b);
    let b = Router::bind(c);
    let c = Router::bind(a);
    input(|url: String| a.run(url))
}

#[tokio::main]
async fn main() -> serve_runtime::Result<()> {
    serve_runtime::run(photo()).await
}
