use serve_runtime::prelude::*;

struct Plain;

impl Plain {
    fn run(&self, text: String) -> String {
        text
    }
}

#[graph]
fn sort() -> String {
    let plain = Plain::bind();
    input(|text: String| plain.run(text))
}

fn main() {}
