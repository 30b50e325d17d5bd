use serve_runtime::prelude::*;

#[deployment]
struct Model;

#[deployment]
impl Model {
    fn new() -> Self {
        Model
    }

    fn warm_up(&self, rounds: usize) -> Result<()> {
        let _ = rounds;
        Ok(())
    }

    async fn run(&self, text: String) -> String {
        text
    }
}

fn main() {}
