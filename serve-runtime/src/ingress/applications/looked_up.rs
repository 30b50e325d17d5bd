//! What the control plane asks of the applications.

use std::net::SocketAddr;

use serde_json::{Value, json};
use serve_topology::Topology;

use super::hosting::Hosting;
use super::status::ApplicationStatus;
use crate::application::ApplicationControl;

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
        self.control(name).map(|_| false)
    }

    /// The application as a configuration has it.
    pub(crate) fn config_of(&self, status: &ApplicationStatus) -> Value {
        let deployments = self.control(&status.name);
        let deployments = deployments.and_then(|control| control.config().ok());
        let deployments = deployments.map(|config| config.set_only().deployments);
        json!({
            "name": status.name,
            "route_prefix": status.route_prefix,
            // Ray's client refuses a configuration without one.
            "import_path": format!("{0}:{0}", status.graph),
            "deployments": deployments.unwrap_or_default(),
        })
    }

    /// The options of a deployment that are in force.
    pub(crate) fn deployment_config(&self, application: &str, deployment: &str) -> Value {
        let config = self.control(application).and_then(|it| it.config().ok());
        let deployments = config.map_or_else(Vec::new, |config| config.deployments);
        let found = deployments.into_iter().find(|it| it.name == deployment);
        let written = found.and_then(|found| serde_json::to_value(found).ok());
        let mut written = written.unwrap_or_else(|| json!({ "name": deployment }));
        if let Value::Object(options) = &mut written {
            // What is not set is left out: Ray's client refuses `null` for some options.
            options.retain(|_, value| !value.is_null());
        }
        written
    }
}
