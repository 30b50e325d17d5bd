//! A server whose one node blocks the thread that serves it for ever, after it has printed `entered`.

use std::io::Write;

use serve_runtime::prelude::*;

#[deployment]
async fn block(_number: u32) -> Result<u32> {
    writeln!(std::io::stdout(), "entered")?;
    loop {
        std::thread::park();
    }
}

/// Never answers, and blocks everything else on its thread.
#[graph]
fn blocking() -> u32 {
    input(|number: u32| block(number))
}

#[tokio::main(worker_threads = 1)]
async fn main() -> Result<()> {
    serve_runtime::run(blocking()).await
}
