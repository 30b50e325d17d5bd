//! A server of two applications, for the tests of its operators. It listens at a port that only root may take, unless a file
//! or the command line says otherwise.

use serve_runtime::ingress::{Server, ServerOptions};
use serve_runtime::prelude::*;

#[deployment]
struct Greeter {
    greeting: String,
}

#[deployment]
impl Greeter {
    fn new() -> Self {
        Greeter {
            greeting: String::new(),
        }
    }

    fn reconfigure(&mut self, greeting: String) -> Result<()> {
        if greeting == "refused" {
            return Err(Error::invalid_input("it is refused"));
        }
        self.greeting = greeting;
        Ok(())
    }

    fn greet(&self, name: String) -> String {
        format!("{}, {name}", self.greeting)
    }
}

/// Greets.
#[graph]
fn greeted() -> String {
    let greeter = Greeter::bind().user_config("hello".to_owned());
    input(|name: String| greeter.greet(name))
}

/// Greets elsewhere.
#[graph(route_prefix = "/other")]
fn other() -> String {
    let greeter = Greeter::bind().user_config("other".to_owned());
    input(|name: String| greeter.greet(name))
}

#[tokio::main]
async fn main() -> Result<()> {
    Server::new()
        .application(greeted())
        .application(other().name("second"))
        .options(ServerOptions::new().port(1))
        .cli()
        .await
}
