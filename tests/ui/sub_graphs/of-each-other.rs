#[path = "../pages.rs"]
mod pages;

use pages::*;
use serve_runtime::prelude::*;

#[graph]
fn ping() -> Vec<String> {
    let other = pong::bind();
    input(|page: Page| other.call(page))
}

#[graph]
fn pong() -> Vec<String> {
    let other = ping::bind();
    input(|page: Page| other.call(page))
}

fn main() {}
