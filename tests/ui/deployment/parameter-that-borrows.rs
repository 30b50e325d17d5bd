use serve_runtime::prelude::*;

struct Line<'a>(&'a str);

#[deployment]
struct Model;

#[deployment]
impl Model {
    fn new() -> Self {
        Model
    }
    fn inside(&self, name: Option<&str>) -> bool {
        name.is_some()
    }
    fn twice(&self, names: &Vec<&str>) -> usize {
        names.len()
    }
    fn lifetime(&self, line: Line<'_>) -> usize {
        line.0.len()
    }
    fn object(&self, shape: &dyn std::fmt::Display) -> String {
        shape.to_string()
    }
}

fn main() {}
