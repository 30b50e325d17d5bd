use serve_runtime::prelude::*;

#[deployment]
struct Model;

#[deployment]
impl Model {
    async fn new() -> Result<String> {
        Ok(String::new())
    }
    fn forward(&self, image: Vec<u8>) -> usize {
        image.len()
    }
}

fn main() {}
