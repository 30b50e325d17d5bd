//! A server whose one node answers when it reads a line of standard input.
//!
//! It prints `entered` when a request has reached the node.

use std::io::Write;

use serve_runtime::prelude::*;

#[deployment]
fn wait_for_a_line(number: u32) -> Result<u32> {
    let mut stdout = std::io::stdout();
    writeln!(stdout, "entered")?;
    stdout.flush()?;
    std::io::stdin().read_line(&mut String::new())?;
    Ok(number)
}

/// Answers after a line of standard input.
#[graph]
fn slow() -> u32 {
    input(|number: u32| wait_for_a_line(number))
}

#[tokio::main]
async fn main() -> Result<()> {
    serve_runtime::run(slow()).await
}
