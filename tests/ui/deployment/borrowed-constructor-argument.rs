use serve_runtime::prelude::*;

#[deployment]
struct Model {
    name: &'static str,
}

#[deployment]
impl Model {
    fn new(name: &'static str) -> Self {
        Model { name }
    }
    fn forward(&self, image: Vec<u8>) -> usize {
        image.len() + self.name.len()
    }
}

#[graph]
fn photo(name: String) -> usize {
    let model = Model::bind(&name);
    input(|image: Vec<u8>| model.forward(image))
}

fn main() {}
