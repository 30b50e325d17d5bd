use serve_runtime::prelude::*;

#[deployment]
async fn double(number: usize) -> usize {
    2 * number
}

#[graph(request_timeout_s = 0)]
fn none() -> usize {
    input(|number: usize| double(number))
}

#[graph(request_timeout_s = -1.5)]
fn negative() -> usize {
    input(|number: usize| double(number))
}

#[graph(request_timeout_s = "1s")]
fn text() -> usize {
    input(|number: usize| double(number))
}

#[graph(request_timeout = 2.0)]
fn misspelt() -> usize {
    input(|number: usize| double(number))
}

#[tokio::main]
async fn main() -> serve_runtime::Result<()> {
    serve_runtime::run(misspelt()).await
}
