//! The smallest graph: a struct, a function, and the edges between them.

use serve_runtime::prelude::*;

#[deployment(num_replicas = 2)]
struct Greeter {
    greeting: String,
}

#[deployment]
impl Greeter {
    fn new(greeting: String) -> Self {
        Greeter { greeting }
    }

    async fn greet(&self, name: &str) -> String {
        format!("{}, {name}", self.greeting)
    }
}

#[deployment]
async fn excite(text: String, times: usize) -> String {
    text + &"!".repeat(times)
}

/// Greets by name.
#[graph]
fn hello(greeting: String) -> String {
    let greeter = Greeter::bind(greeting);

    input(|name: String| excite(greeter.greet(name), 3))
}

#[tokio::main]
async fn main() -> Result<()> {
    serve_runtime::run(hello("Hello".into())).await
}
