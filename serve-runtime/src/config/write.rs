//! Writes a configuration. Where a value came from a variable, the variable is written, and not its value.

use std::fmt;
use std::path::Path;

use serde::{Serialize, Serializer};
use serve_topology::options::DeploymentOption;

use super::deployment::DeploymentConfig;
use super::field::{Field, Written};
use super::file::{ApplicationConfig, Config};
use super::http::HttpOptions;
use super::node::{Node, Tree};
use super::origin::Origin;
use crate::{Error, Result};

impl Config {
    /// Writes the configuration as YAML.
    ///
    /// # Errors
    ///
    /// None, if the configuration was read or came from an application.
    pub fn to_yaml(&self) -> Result<String> {
        let node = self.node();
        let parts = node.entries().iter().map(|entry| {
            let part = Node::map([(&*entry.key, entry.node.clone())]);
            yaml(&part)
        });
        Ok(parts.collect::<Result<Vec<_>>>()?.join("\n"))
    }

    /// Writes the configuration to a file as YAML.
    ///
    /// # Errors
    ///
    /// If the file cannot be written.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<()> {
        let file = path.as_ref().display();
        std::fs::write(&path, self.to_yaml()?)
            .map_err(|error| Error::invalid_input(format!("cannot write {file}: {error}")))
    }

    /// The same with the values of [variables](crate::config#variables) in their places: for a server that has other
    /// variables. They may be secrets.
    #[must_use]
    pub fn expanded(&self) -> Self {
        let mut config = self.clone();
        config.origin = Origin::default();
        config.http_options.origin = Origin::default();
        for application in &mut config.applications {
            application.origin = Origin::default();
            for deployment in &mut application.deployments {
                deployment.origin = Origin::default();
            }
        }
        config
    }

    pub(super) fn node(&self) -> Node {
        let applications = self.applications.iter().map(ApplicationConfig::node);
        let applications = Node {
            tree: Tree::List(applications.collect()),
            ..Node::default()
        };
        let http_options = Some(self.http_options.node()).filter(|node| !node.is_nothing());
        let fields = [
            ("proxy_location", self.proxy_location.node()),
            ("http_options", http_options),
            ("grpc_options", self.grpc_options.node()),
            ("controller_options", self.controller_options.node()),
            ("logging_config", self.logging_config.node()),
            ("tracing_config", self.tracing_config.node()),
            ("target_capacity", self.target_capacity.node()),
        ];
        let mut node = given(fields).with_sources_of(self.origin.node());
        node.set("applications", applications);
        node
    }
}

impl ApplicationConfig {
    pub(super) fn node(&self) -> Node {
        let deployments = self.deployments.iter().map(DeploymentConfig::node);
        let deployments = Node {
            tree: Tree::List(deployments.collect()),
            ..Node::default()
        };
        let mut node = self.node_alone();
        node.set("deployments", deployments);
        node
    }

    /// Without the deployments.
    pub(super) fn node_alone(&self) -> Node {
        let args = Some(self.args.written()).filter(|node| !node.is_nothing());
        let fields = [
            ("name", self.name.node()),
            ("route_prefix", self.route_prefix.node()),
            ("import_path", self.import_path.node()),
            ("args", args),
            (
                "external_scaler_enabled",
                self.external_scaler_enabled.node(),
            ),
            ("logging_config", self.logging_config.node()),
        ];
        given(fields).with_sources_of(self.origin.node())
    }
}

impl HttpOptions {
    pub(super) fn node(&self) -> Node {
        let fields = [
            ("host", self.host.node()),
            ("port", self.port.node()),
            ("root_path", self.root_path.node()),
            ("request_timeout_s", self.request_timeout_s.node()),
            ("keep_alive_timeout_s", self.keep_alive_timeout_s.node()),
            ("ssl_certfile", self.ssl_certfile.node()),
            ("ssl_keyfile", self.ssl_keyfile.node()),
            ("ssl_keyfile_password", self.ssl_keyfile_password.node()),
            ("ssl_ca_certs", self.ssl_ca_certs.node()),
        ];
        given(fields).with_sources_of(self.origin.node())
    }
}

impl DeploymentConfig {
    pub(super) fn node(&self) -> Node {
        let options = DeploymentOption::ALL.iter();
        let options = options.map(|option| (option.spec().name, self.field(*option).node()));
        let user_config = ("user_config", self.user_config.node());
        given(options.chain([user_config])).with_sources_of(self.origin.node())
    }
}

/// Those that are given.
fn given<'k>(fields: impl IntoIterator<Item = (&'k str, Option<Node>)>) -> Node {
    let fields = fields.into_iter();
    Node::map(fields.filter_map(|(key, node)| Some((key, node?))))
}

/// As YAML. A text with `${` that is no variable must not become one.
pub(super) fn yaml(node: &Node) -> Result<String> {
    let node = node.clone().escaped();
    serde_saphyr::to_string(&node).map_err(|error| Error::failed(error.to_string()))
}

macro_rules! written_as_node {
    ($($ty:ident),*) => {$(
        /// With the variables that it was read with, in place of their values.
        impl Serialize for $ty {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                self.node().serialize(to)
            }
        }

        impl fmt::Debug for $ty {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let shown = serde_json::to_value(self.node()).unwrap_or_default();
                let mut debug = f.debug_struct(stringify!($ty));
                for (key, value) in shown.as_object().into_iter().flatten() {
                    debug.field(key, &format_args!("{value}"));
                }
                debug.finish()
            }
        }
    )*};
}

written_as_node!(Config, ApplicationConfig, HttpOptions, DeploymentConfig);
