//! Reads a configuration, from a file or from a request.
//!
//! A text becomes a [`Node`], which has the place of each value; what is Ray Serve's alone is replaced by what it is here,
//! or left out with a warning; then types are read.

mod deserializer;
mod ray;
mod shape;
mod variables;
mod yaml;

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use self::deserializer::Wrong;
use self::ray::Warnings;
use self::variables::environment;
pub(super) use self::yaml::parse;
use super::deployment::DeploymentConfig;
use super::file::{ApplicationConfig, Config};
use super::node::Node;
use super::origin::Origin;
use crate::{Error, Result};

impl Config {
    /// Reads YAML or JSON, which is a subset of YAML, with [variables](crate::config#variables) of the environment.
    ///
    /// # Errors
    ///
    /// If the text is neither, is empty, has an unknown field or a value of another type, or has a variable that the
    /// environment has not; the message begins with line and column.
    pub fn from_yaml(text: &str) -> Result<Self> {
        read_text("", text)
    }

    /// Reads the JSON of a request. A `${VAR}` in it is a text like others.
    ///
    /// # Errors
    ///
    /// If it has an unknown field or a value of another type; the message has its path.
    pub fn from_value(value: Value) -> Result<Self> {
        read_node("", value.into())
    }

    /// Reads YAML or JSON that a client has sent. This process's variables are not for it. Errors about YAML tell the place
    /// as `configuration:line:column`.
    #[cfg(feature = "control")]
    pub(crate) fn from_client(text: &str) -> Result<Self> {
        match serde_json::from_str(text) {
            Ok(value) => Config::from_value(value),
            Err(_) => read_text_in("configuration", text, &|_| None),
        }
    }

    /// Reads a file with YAML or JSON, as [`from_yaml`](Self::from_yaml).
    ///
    /// # Errors
    ///
    /// As [`from_yaml`](Self::from_yaml), and if the file cannot be read or is larger than 10 MiB; the message begins with
    /// the file's name, line and column. So do the errors of applying it.
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        let file = path.as_ref().display();
        let text = text(path.as_ref())
            .map_err(|error| Error::invalid_input(format!("cannot read {file}: {error}")))?;
        read_text(&file.to_string(), &text)
    }
}

impl ApplicationConfig {
    /// [`Config::from_yaml`], of a text with one application. Warnings are logged.
    ///
    /// # Errors
    ///
    /// As [`Config::from_yaml`], and if there is not exactly one application.
    pub fn from_yaml(text: &str) -> Result<Self> {
        Config::from_yaml(text)?.only()
    }

    /// [`Config::read`], of a file with one application. Warnings are logged.
    ///
    /// # Errors
    ///
    /// As [`Config::read`], and if there is not exactly one application.
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        Config::read(path)?.only()
    }
}

impl Config {
    fn only(mut self) -> Result<ApplicationConfig> {
        let count = self.applications.len();
        let several = || Error::invalid_input(format!("it has {count} applications, not one"));
        let only = self.applications.pop().filter(|_| count == 1);
        let only = only.ok_or_else(|| self.origin.in_file(several()))?;
        for warning in &self.warnings {
            tracing::warn!("{warning}");
        }
        Ok(only)
    }
}

/// A larger file is another one than is meant; to read it all could take more memory than there is.
const MAX_BYTES: u64 = 10 * 1024 * 1024;

fn text(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    let mut file = File::open(path)?.take(MAX_BYTES + 1);
    match file.read_to_string(&mut text) {
        _ if file.limit() == 0 => Err(io::Error::other("it is larger than 10 MiB")),
        read => read.map(|_| text),
    }
}

/// A configuration; not nothing, which is what a file has in it while it is being written.
fn read_text(file: &str, text: &str) -> Result<Config> {
    read_text_in(file, text, &environment)
}

fn read_text_in(
    file: &str,
    text: &str,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<Config> {
    let empty = || Wrong::at(None, "it is empty; `applications: []` sets no options");
    let read = yaml::document(text, environment);
    let read = read.and_then(|node| node.ok_or_else(empty));
    let node = read.map_err(|wrong| refused(file, &wrong))?;
    read_node(file, node)
}

fn read_node(file: &str, node: Node) -> Result<Config> {
    let mut warnings = Warnings::new(file);
    let config = config(&Arc::from(file), node, &mut warnings);
    let mut config = config.map_err(|wrong| refused(file, &wrong))?;
    config.warnings = warnings.all;
    config.check()?;
    Ok(config)
}

fn refused(file: &str, wrong: &Wrong) -> Error {
    Error::invalid_input(wrong.in_file(file))
}

fn config(file: &Arc<str>, node: Node, warnings: &mut Warnings<'_>) -> Result<Config, Wrong> {
    let (top, applications) = shape::split(node)?;
    let top = ray::top(top, warnings)?;
    let mut config = {
        let origin = Origin::new(file, &top);
        let config = Config::deserialize(origin.node())?;
        Config { origin, ..config }
    };
    if let Some(node) = config.origin.node().get("http_options") {
        config.http_options.origin = Origin::new(file, node);
    }
    for (path, node) in applications {
        let application = application(file, node, warnings);
        let application = application.map_err(|wrong| match &path {
            Some(path) => wrong.within(path.as_str()),
            None => wrong,
        });
        config.applications.push(application?);
    }
    Ok(config)
}

fn application(
    file: &Arc<str>,
    node: Node,
    warnings: &mut Warnings<'_>,
) -> Result<ApplicationConfig, Wrong> {
    let mut node = ray::application(node, warnings)?;
    for (index, deployment) in shape::deployments(&mut node).iter_mut().enumerate() {
        let read = ray::deployment(std::mem::take(deployment), warnings);
        let within = |wrong: Wrong| wrong.within(format!("[{index}]")).within("deployments");
        *deployment = read.map_err(within)?;
    }
    let mut application = ApplicationConfig::deserialize(&node)?;
    if let Some(deployments) = node.get("deployments") {
        let nodes = deployments.elements();
        for (deployment, node) in application.deployments.iter_mut().zip(nodes) {
            deployment.origin = Origin::new(file, node);
        }
    }
    application.origin = Origin::new(file, &node);
    Ok(application)
}

/// As [`Config::from_value`].
impl<'de> Deserialize<'de> for Config {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(from)?;
        Config::from_value(value).map_err(serde::de::Error::custom)
    }
}

/// As an application of [`Config::from_value`].
impl<'de> Deserialize<'de> for ApplicationConfig {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let node = Node::from(Value::deserialize(from)?);
        let read = application(&Arc::from(""), node, &mut Warnings::new(""));
        read.map_err(serde::de::Error::custom)
    }
}

/// As a deployment of [`Config::from_value`].
impl<'de> Deserialize<'de> for DeploymentConfig {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let node = Node::from(Value::deserialize(from)?);
        let read = ray::deployment(node, &mut Warnings::new(""))
            .and_then(|node| DeploymentConfig::deserialize(&node));
        read.map_err(serde::de::Error::custom)
    }
}
