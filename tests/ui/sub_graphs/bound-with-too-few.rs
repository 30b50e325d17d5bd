#[path = "../pages.rs"]
mod pages;

use pages::*;
use serve_runtime::prelude::*;

#[graph]
fn sort() -> Vec<String> {
    let ocr = ocr::bind();
    input(|page: Page| ocr.call(page))
}

fn main() {}
