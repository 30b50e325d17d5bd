use serve_runtime::prelude::*;

const NONE: f64 = 0.0;

#[deployment]
async fn double(number: usize) -> usize {
    2 * number
}

#[graph(request_timeout_s = NONE)]
fn twice() -> usize {
    input(|number: usize| double(number))
}

#[tokio::main]
async fn main() -> serve_runtime::Result<()> {
    serve_runtime::run(twice()).await
}
