use serve_runtime::prelude::*;

#[deployment]
async fn repeat(text: String, times: usize) -> String {
    text.repeat(times)
}

#[graph]
fn echo() -> String {
    input(|text: String, times: usize| repeat(times, text))
}

fn main() {}
