//! What the control plane asks of the applications.

use std::net::SocketAddr;

use serde_json::{Map, Value};
use serve_topology::Topology;

use super::hosting::Hosting;
use super::status::ApplicationStatus;
use crate::Result;
use crate::application::ApplicationControl;
use crate::config::{ApplicationConfig, import_path};

impl Hosting {
    /// Where the server listens, once it does.
    pub(crate) fn served_at(&self) -> Option<SocketAddr> {
        self.served_at.get().copied()
    }

    /// The control of an application that runs.
    pub(crate) fn control(&self, name: &str) -> Option<ApplicationControl> {
        let now = self.now();
        now.find(name)?.application.control().ok()
    }

    pub(crate) fn topology(&self, name: &str) -> Option<&'static Topology<'static>> {
        let now = self.now();
        Some(now.find(name)?.application.topology())
    }

    /// Whether scalers from outside may set its numbers of replicas, if it is there.
    pub(crate) fn may_be_scaled(&self, name: &str) -> Option<bool> {
        self.control(name)?.external_scaler_enabled().ok()
    }

    /// Whether a configuration says what it is, and not the program alone.
    pub(crate) fn is_declared(&self, name: &str) -> bool {
        self.accepted_for(name).is_some()
    }

    /// The configuration in force has this application no more.
    pub(super) async fn accept_without(&self, name: &str) -> Result<()> {
        let Some(mut accepted) = self.accepted() else {
            return Ok(());
        };
        let before = accepted.applications.len();
        accepted
            .applications
            .retain(|it| it.name.as_deref().is_some_and(|it| it != name));
        match accepted.applications.len() == before {
            true => Ok(()),
            false => {
                self.accept(accepted);
                self.keep().await
            }
        }
    }

    /// What the configuration in force says of it.
    fn accepted_for(&self, name: &str) -> Option<ApplicationConfig> {
        let accepted = self.accepted()?;
        let mut applications = accepted.applications.into_iter();
        applications.find(|it| it.name.as_deref().is_none_or(|it| it == name))
    }

    /// The application as a configuration has it: as it was accepted, or with the options that are set.
    pub(crate) fn config_of(&self, status: &ApplicationStatus) -> Value {
        let set = || {
            let control = self.control(&status.name)?;
            Some(control.config().ok()?.set_only())
        };
        let config = self.accepted_for(&status.name).or_else(set);
        let mut config = serde_json::to_value(config.unwrap_or_default()).unwrap_or_default();
        if let Value::Object(config) = &mut config {
            let name = Value::from(status.name.as_str());
            config.entry("name").or_insert(name);
            let route_prefix = status.route_prefix.as_deref();
            config.entry("route_prefix").or_insert(route_prefix.into());
            // Ray's client refuses a configuration without one.
            let import_path = import_path(&status.graph);
            config.entry("import_path").or_insert(import_path.into());
        }
        config
    }

    /// The options that are in force, by deployment.
    pub(crate) fn options_of(&self, application: &str) -> Map<String, Value> {
        let config = self.control(application).and_then(|it| it.config().ok());
        let deployments = config.map_or_else(Vec::new, |config| config.deployments);
        let written = deployments.into_iter().map(|deployment| {
            let name = deployment.name.clone();
            let mut written = serde_json::to_value(deployment).unwrap_or_default();
            if let Value::Object(options) = &mut written {
                // What is not set is left out: Ray's client refuses `null` for some options.
                options.retain(|_, value| !value.is_null());
            }
            (name, written)
        });
        written.collect()
    }
}
