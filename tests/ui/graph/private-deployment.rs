use serve_runtime::prelude::*;

mod stages {
    use serve_runtime::prelude::*;

    #[deployment]
    struct Hidden;

    #[deployment]
    impl Hidden {
        pub fn new() -> Self {
            Hidden
        }
        pub fn run(&self, text: String) -> String {
            text
        }
    }
}

#[graph]
fn sort() -> String {
    let hidden = stages::Hidden::bind();
    input(|text: String| hidden.run(text))
}

#[tokio::main]
async fn main() -> serve_runtime::Result<()> {
    serve_runtime::run(sort()).await
}
