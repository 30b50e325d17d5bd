//! A configuration without the options that have their defaults.

use serve_topology::Options;
use serve_topology::options::DeploymentOption;

use super::deployment::DeploymentConfig;
use super::file::{ApplicationConfig, Config};
use super::http::HttpOptions;
use super::node::{Node, Tree};
use super::options;
use super::write::yaml;
use crate::Result;

impl Config {
    /// The same without the options that have their defaults.
    #[must_use]
    pub fn set_only(&self) -> Self {
        let applications = self.applications.iter();
        Config {
            http_options: self.http_options.split().0,
            applications: applications.map(ApplicationConfig::set_only).collect(),
            ..self.clone()
        }
    }

    /// [`Config::set_only`] as YAML, with the options that have their defaults as comments.
    ///
    /// # Errors
    ///
    /// None, if the configuration was read or came from an application.
    pub fn to_yaml_with_defaults(&self) -> Result<String> {
        let set = Config {
            applications: Vec::new(),
            ..self.set_only()
        };
        let defaults = self.http_options.split().1.node();
        let mut parts = Vec::new();
        for entry in set.node().entries() {
            if entry.key == "applications" {
                continue;
            }
            let mut part = yaml(&Node::map([(&*entry.key, entry.node.clone())]))?;
            if entry.key == "http_options" {
                part.push_str(&commented("  ", &fields(&defaults)?));
            }
            parts.push(part);
        }
        if set.http_options.node().is_nothing() && !defaults.is_nothing() {
            let all = Node::map([("http_options", defaults)]);
            parts.push(commented("", &yaml(&all)?));
        }
        let applications = self.applications.iter();
        let applications = applications.map(ApplicationConfig::with_defaults);
        parts.push(match self.applications.is_empty() {
            true => "applications: []\n".to_owned(),
            false => format!(
                "applications:\n{}",
                applications.collect::<Result<String>>()?
            ),
        });
        Ok(parts.join("\n"))
    }
}

impl HttpOptions {
    /// The options that are set, and those that have their defaults.
    fn split(&self) -> (Self, Self) {
        let (mut set, mut defaults) = (self.clone(), HttpOptions::new());
        if self.host.as_deref() == Some("127.0.0.1") {
            defaults.host = set.host.take();
        }
        if self.port == Some(8000) {
            defaults.port = set.port.take();
        }
        (set, defaults)
    }
}

impl ApplicationConfig {
    pub(crate) fn set_only(&self) -> Self {
        let deployments = self.deployments.iter();
        ApplicationConfig {
            deployments: deployments.map(|deployment| deployment.split().0).collect(),
            ..self.clone()
        }
    }

    /// As an item of a list.
    fn with_defaults(&self) -> Result<String> {
        let mut text = item(self.node_alone())?;
        if self.deployments.is_empty() {
            text.push_str("  deployments: []\n");
            return Ok(text);
        }
        text.push_str("  deployments:\n");
        for deployment in &self.deployments {
            let (set, defaults) = deployment.split();
            text.push_str(&indented("  ", &item(set.node())?));
            let mut defaults = defaults.node();
            defaults.take("name");
            text.push_str(&commented("    ", &fields(&defaults)?));
        }
        Ok(text)
    }
}

/// A mapping as the item of a list.
fn item(node: Node) -> Result<String> {
    yaml(&Node {
        tree: Tree::List(vec![node]),
        ..Node::default()
    })
}

/// A mapping's lines, if it has any.
fn fields(node: &Node) -> Result<String> {
    match node.is_nothing() {
        true => Ok(String::new()),
        false => yaml(node),
    }
}

fn indented(indentation: &str, text: &str) -> String {
    let lines = text.lines();
    lines.map(|line| format!("{indentation}{line}\n")).collect()
}

fn commented(indentation: &str, text: &str) -> String {
    indented(&format!("{indentation}# "), text)
}

impl DeploymentConfig {
    /// The options that are set, and those that have their defaults.
    fn split(&self) -> (Self, Self) {
        let defaults = options::of(String::new(), &Options::DEFAULT).node();
        let mine = self.node();
        let (mut set, mut rest) = (self.clone(), self.clone());
        rest.user_config = None;
        let value = |of: &Node, name: &str| of.get(name).map(Node::value);
        for option in DeploymentOption::ALL {
            let name = option.spec().name;
            match value(&mine, name) == value(&defaults, name) {
                true => set.leave_out(*option),
                false => rest.leave_out(*option),
            }
        }
        (set, rest)
    }
}
