use serve_runtime::prelude::*;

#[deployment]
struct Model;

#[deployment]
impl Default for Model {
    fn default() -> Self {
        Model
    }
}

fn main() {}
