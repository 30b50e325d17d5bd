//! A stream of the lines that come in on standard input; one that says `break` is an error.

use serve_runtime::prelude::*;

#[deployment]
fn lines(most: usize) -> impl Iterator<Item = Result<String>> {
    std::io::stdin().lines().take(most).map(|line| match line? {
        line if line == "break" => Err(Error::invalid_input("told to break")),
        line => Ok(line),
    })
}

/// Says again what it is told.
#[graph]
fn echoing() -> Streaming<String> {
    input(|most: usize| lines(most))
}

#[tokio::main]
async fn main() -> Result<()> {
    serve_runtime::run(echoing()).await
}
