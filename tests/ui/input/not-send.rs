use serve_runtime::prelude::*;

#[graph]
fn photo() -> String {
    input(|name: std::rc::Rc<str>| name.to_string())
}

fn main() {}
