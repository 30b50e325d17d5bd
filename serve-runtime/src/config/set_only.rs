//! A configuration without the options that have their defaults.

use serde_json::{Map, Value};
use serve_topology::Options;
use serve_topology::options::DeploymentOption;

use super::file::{Config, DeploymentConfig};
use super::options;
use crate::{Error, Result};

impl Config {
    /// The same without the options that have their defaults.
    #[must_use]
    pub fn set_only(&self) -> Self {
        let deployments = self.deployments.iter();
        Config {
            deployments: deployments.map(|deployment| deployment.split().0).collect(),
            ..self.clone()
        }
    }

    /// [`Config::set_only`] as YAML, with the options that have their defaults as comments.
    ///
    /// # Errors
    ///
    /// None, if the configuration was read or came from an application.
    pub fn to_yaml_with_defaults(&self) -> Result<String> {
        let alone = |deployment: DeploymentConfig| Config {
            deployments: vec![deployment],
            ..Config::default()
        };
        let mut text = Config {
            deployments: Vec::new(),
            ..self.clone()
        }
        .to_yaml()?;
        let end = text.find("deployments").unwrap_or(text.len());
        text.truncate(end);
        text.push_str("deployments:\n");
        for deployment in &self.deployments {
            let (set, defaults) = deployment.split();
            for line in alone(set).to_yaml()?.lines().skip(1) {
                text.push_str(line);
                text.push('\n');
            }
            // The first two lines are the list and the name.
            for line in alone(defaults).to_yaml()?.lines().skip(2) {
                let line = line.strip_prefix("  ").unwrap_or(line);
                text.push_str(&format!("  # {line}\n"));
            }
        }
        Ok(text)
    }
}

impl DeploymentConfig {
    /// The options that are set, and those that have their defaults.
    fn split(&self) -> (Self, Self) {
        let defaults = fields(&options::of(String::new(), &Options::DEFAULT));
        let mine = fields(self);
        let (mut set, mut rest) = (self.clone(), self.clone());
        rest.user_config = None;
        for option in DeploymentOption::ALL {
            let name = option.spec().name;
            match mine.get(name) == defaults.get(name) {
                true => set.leave_out(*option),
                false => rest.leave_out(*option),
            }
        }
        (set, rest)
    }
}

fn fields(config: &DeploymentConfig) -> Map<String, Value> {
    let fields = serde_json::to_value(config).map_err(|error| Error::failed(error.to_string()));
    match fields {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    }
}
