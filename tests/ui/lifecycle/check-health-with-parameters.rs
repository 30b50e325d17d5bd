use serve_runtime::prelude::*;

#[deployment]
struct Model;

#[deployment]
impl Model {
    fn new() -> Self {
        Model
    }

    fn check_health(&self, deep: bool) -> Result<()> {
        let _ = deep;
        Ok(())
    }

    async fn run(&self, text: String) -> String {
        text
    }
}

fn main() {}
