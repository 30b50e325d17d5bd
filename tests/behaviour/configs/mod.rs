//! Options from files: those that change, those that stay, and those that are refused.

mod options;
mod refusals;
mod user_configs;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serve_runtime::ErrorKind;
use serve_runtime::config::ApplicationConfig;
use serve_runtime::prelude::*;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Mode {
    Plain,
    Repeated(u32),
    Between { low: f32, high: f64 },
    Pair(String, bool),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Settings {
    modes: Vec<Mode>,
    by_number: BTreeMap<u32, String>,
    names: BTreeMap<String, Option<u64>>,
    text: String,
    mark: char,
    nothing: (),
}

/// Strings that would be another value in YAML without quotes.
fn settings() -> Settings {
    Settings {
        modes: vec![
            Mode::Plain,
            Mode::Repeated(3),
            Mode::Between {
                low: 0.1,
                high: 1e300,
            },
            Mode::Pair("true".into(), true),
        ],
        by_number: [(1, "~".into()), (2, " a: b # c".into())].into(),
        names: [("null".into(), None), ("yes".into(), Some(u64::MAX))].into(),
        text: "a line\n  another\n\n".to_owned() + &"and so on ".repeat(20),
        mark: '1',
        nothing: (),
    }
}

#[deployment]
struct Echo {
    settings: Option<Settings>,
}

#[deployment]
impl Echo {
    fn new() -> Self {
        Echo { settings: None }
    }

    fn reconfigure(&mut self, settings: Settings) {
        self.settings = Some(settings);
    }

    fn show(&self, name: String) -> String {
        format!("{name} {:?}", self.settings)
    }
}

/// The type of its configuration cannot be in a file.
#[derive(Clone)]
struct Opaque(f64);

#[deployment]
struct Closed;

#[deployment]
impl Closed {
    fn new() -> Self {
        Closed
    }

    fn reconfigure(&self, opaque: Opaque) {
        drop(opaque.0.to_string());
    }

    async fn pass(&self, text: String) -> String {
        text
    }
}

#[deployment]
async fn trim(text: String) -> String {
    text.trim().to_owned()
}

#[deployment(max_ongoing_requests = 2)]
async fn limited(text: String) -> String {
    text
}

#[graph]
fn inside() -> String {
    let closed = Closed::bind().user_config(Opaque(0.5));
    input(|text: String| closed.pass(text))
}

#[graph]
fn settled() -> String {
    let echo = Echo::bind();
    let inside = inside::bind();
    input(|text: String| limited(trim(inside.call(echo.show(text)))))
}

fn configured(yaml: &str) -> Result<Application<SettledGraph>> {
    settled().with_config(&ApplicationConfig::from_yaml(yaml)?)
}

fn refused(yaml: &str) -> String {
    let error = configured(yaml).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    error.to_string()
}
