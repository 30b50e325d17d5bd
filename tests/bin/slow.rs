//! A server whose one node answers when a line comes in on standard input.
//!
//! It says `entered` on standard output when a request has come to the node.

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

/// Answers when it is told to.
#[graph]
fn slow() -> u32 {
    input(|number: u32| wait_for_a_line(number))
}

#[tokio::main]
async fn main() -> Result<()> {
    serve_runtime::run(slow()).await
}
