#[path = "../pages.rs"]
mod pages;

use pages::*;
use serve_runtime::prelude::*;

#[graph]
fn again() -> Vec<String> {
    let more = again::bind();
    input(|page: Page| more.call(page))
}

fn main() {}
