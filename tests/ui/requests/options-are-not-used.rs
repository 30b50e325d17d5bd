#![deny(unused_must_use)]

use serve_runtime::prelude::*;

#[deployment]
async fn double(number: usize) -> usize {
    2 * number
}

async fn four(double: Handle<double>) -> Result<usize> {
    double.options(CallOptions::new().timeout(std::time::Duration::from_millis(500)));
    double.call(2).await
}

fn main() {
    let _ = four;
}
