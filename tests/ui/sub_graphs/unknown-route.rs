#[path = "../pages.rs"]
mod pages;

use pages::*;
use serve_runtime::prelude::*;

#[graph]
fn sort() -> Vec<String> {
    let desk = desk::bind();
    input(|page: Page| desk.texts(page))
}

fn main() {}
