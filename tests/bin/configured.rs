//! A graph whose options can be set by a file.

use serde::{Deserialize, Serialize};
use serve_runtime::prelude::*;

#[derive(Clone, Serialize, Deserialize)]
struct Style {
    greeting: String,
    marks: usize,
}

#[deployment(num_replicas = 2)]
struct Greeter {
    style: Option<Style>,
}

#[deployment]
impl Greeter {
    fn new() -> Self {
        Greeter { style: None }
    }

    fn reconfigure(&mut self, style: Style) {
        self.style = Some(style);
    }

    async fn greet(&self, name: &str) -> Result<String> {
        let Some(Style { greeting, marks }) = &self.style else {
            return Err(Error::failed("there is no style"));
        };
        Ok(format!("{greeting}, {name}{}", "!".repeat(*marks)))
    }
}

/// Cannot be in a file.
#[derive(Clone)]
struct Reversed(bool);

#[deployment]
struct Writer {
    reversed: bool,
}

#[deployment]
impl Writer {
    fn new() -> Self {
        Writer { reversed: true }
    }

    fn reconfigure(&mut self, reversed: Reversed) {
        self.reversed = reversed.0;
    }

    fn write(&self, text: String) -> String {
        match self.reversed {
            true => text.chars().rev().collect(),
            false => text,
        }
    }
}

/// Its answer depends on its options.
#[graph]
fn configured() -> String {
    let greeter = Greeter::bind().user_config(Style {
        greeting: "hello".into(),
        marks: 1,
    });
    let writer = Writer::bind().user_config(Reversed(false));
    input(|name: String| writer.write(greeter.greet(name)))
}

#[tokio::main]
async fn main() -> Result<()> {
    serve_runtime::run(configured()).await
}
