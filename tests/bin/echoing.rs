//! Streams the lines of standard input; the line `break` is an error.

use serve_runtime::prelude::*;

#[deployment]
fn lines(count: usize) -> impl Iterator<Item = Result<String>> {
    std::io::stdin()
        .lines()
        .take(count)
        .map(|line| match line? {
            line if line == "break" => Err(Error::invalid_input("asked to break")),
            line => Ok(line),
        })
}

/// Echoes its input.
#[graph]
fn echoing() -> Streaming<String> {
    input(|count: usize| lines(count))
}

#[tokio::main]
async fn main() -> Result<()> {
    serve_runtime::run(echoing()).await
}
