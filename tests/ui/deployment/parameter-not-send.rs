use serve_runtime::prelude::*;

#[deployment]
struct Model;

#[deployment]
impl Model {
    fn new() -> Self {
        Model
    }
    fn forward(&self, name: std::rc::Rc<str>) -> f32 {
        name.len() as f32
    }
}

fn main() {}
