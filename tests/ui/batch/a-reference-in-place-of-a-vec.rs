//! The help names the type that was meant.

use serve_runtime::prelude::*;

#[deployment]
struct Model;

#[deployment]
impl Model {
    fn new() -> Self {
        Model
    }

    #[batch]
    fn all(&self, texts: &Vec<String>) -> Vec<usize> {
        texts.iter().map(String::len).collect()
    }

    #[batch]
    fn one(&self, text: &str) -> Vec<usize> {
        vec![text.len()]
    }

    #[batch]
    fn fixed(&self, name: &'static str, point: [u8; 4]) -> Vec<usize> {
        vec![name.len() + point.len()]
    }

    #[batch]
    fn boxed(&self, call: Box<dyn Fn(u8) -> u8 + Send>) -> Result<&'static str> {
        call(1);
        Ok("one")
    }
}

fn main() {}
