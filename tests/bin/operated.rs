//! A server for the tests of its operators: its answer says which options it has.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serve_runtime::prelude::*;

#[derive(Clone, Serialize, Deserialize)]
struct Style {
    greeting: String,
    marks: u8,
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

    fn reconfigure(&mut self, style: Style) -> Result<()> {
        match &*style.greeting {
            "" => return Err(Error::invalid_input("a greeting is not empty")),
            "panic" => panic!("asked to panic"),
            _ => self.style = Some(style),
        }
        Ok(())
    }

    fn greet(&self, name: String) -> Result<String> {
        let Some(Style { greeting, marks }) = &self.style else {
            return Err(Error::failed("there is no style"));
        };
        Ok(format!("{greeting}, {name}{}", "!".repeat((*marks).into())))
    }
}

/// Its replicas are nearly always being checked, so that a process that is suspended is so in the middle of a check.
#[deployment(
    num_replicas = 2,
    health_check_period_s = 0.01,
    health_check_timeout_s = 1
)]
struct Divider;

#[deployment]
impl Divider {
    fn new() -> Self {
        Divider
    }

    fn check_health(&self) {
        eprintln!("checking");
        // In steps: the end of a single one would not wait for the process to continue.
        for _ in 0..100 {
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    fn divide(&self, dividend: f64, divisors: Vec<f64>) -> Vec<f64> {
        let divisors = divisors.into_iter();
        divisors.map(|divisor| dividend / divisor).collect()
    }
}

#[deployment]
fn quotients(dividend: f64, divisors: Vec<f64>) -> impl Iterator<Item = f64> {
    divisors.into_iter().map(move |divisor| dividend / divisor)
}

/// Greets, and divides.
#[graph]
fn operated() -> String {
    let greeter = Greeter::bind().user_config(Style {
        greeting: "hello".into(),
        marks: 1,
    });
    let divider = Divider::bind();
    route("/", |name: String| greeter.greet(name));
    route("/divide", |dividend: f64, divisors: Vec<f64>| -> Vec<f64> {
        divider.divide(dividend, divisors)
    });
    route(
        "/quotients",
        |dividend: f64, divisors: Vec<f64>| -> Streaming<f64> { quotients(dividend, divisors) },
    );
}

#[tokio::main]
async fn main() -> Result<()> {
    serve_runtime::run(operated()).await
}
