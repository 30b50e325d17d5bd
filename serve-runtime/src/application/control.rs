//! Operates an application while it runs.

use std::fmt;
use std::sync::{Arc, Weak};

use crate::application::{Health, Services};
use crate::controller::DeploymentStatus;
use crate::deployment::Callable;
use crate::{DeploymentControl, Error, Result};

/// Operates an application while it runs: its status, its health, its options.
///
/// [`Deployed::control`](crate::Deployed::control) returns it. Cheap to clone. It does not keep the application
/// running: once the application is shut down or dropped, the status is empty, and all other methods return
/// [`Unavailable`](crate::ErrorKind::Unavailable).
#[derive(Clone)]
pub struct ApplicationControl {
    services: Weak<Services>,
}

impl ApplicationControl {
    pub(super) fn new(services: &Arc<Services>) -> Self {
        ApplicationControl {
            services: Arc::downgrade(services),
        }
    }

    /// The status of each deployment that has replicas.
    pub fn status(&self) -> Vec<DeploymentStatus> {
        let services = self.services.upgrade();
        services.map_or_else(Vec::new, |services| services.status())
    }

    /// Whether every deployment can answer.
    ///
    /// # Errors
    ///
    /// If a deployment has no replica, and either is scaled to none or the last attempts to build one have failed; with
    /// its name. The log and [`status`](Self::status) say why; the error has nothing confidential.
    pub fn health(&self) -> Result<Health> {
        self.services()?.health()
    }

    /// One of the deployments, for scaling, reconfiguring or updating it while it runs.
    ///
    /// It is named by the variable that it is bound to in the graph function, and a function by its own name.
    /// A deployment of a bound graph has that graph's variable before its own: `"ocr/detector"`.
    ///
    /// # Errors
    ///
    /// If no deployment has that name, it has another type, or the application has been shut down.
    pub fn deployment<D: Callable>(&self, name: &str) -> Result<DeploymentControl<D>> {
        self.services()?.deployment(name)
    }

    /// Sets the number of replicas of a deployment, as [`DeploymentControl::scale`] does, without naming its type.
    ///
    /// # Errors
    ///
    /// As that, and if no deployment has that name, or it has no replicas.
    pub async fn scale(&self, deployment: &str, num_replicas: u32) -> Result<()> {
        // In a statement of its own: a control does not keep the application running while it waits.
        let scaled = self.services()?.scale(deployment, num_replicas)?;
        scaled.await
    }

    /// Whether its configuration lets numbers of replicas be set from outside: `external_scaler_enabled`.
    ///
    /// # Errors
    ///
    /// If the application has been shut down.
    #[cfg(feature = "config")]
    pub fn external_scaler_enabled(&self) -> Result<bool> {
        Ok(self.services()?.external_scaler())
    }

    pub(crate) fn services(&self) -> Result<Arc<Services>> {
        let stopped = || Error::unavailable("the application has been shut down");
        self.services.upgrade().ok_or_else(stopped)
    }
}

impl fmt::Debug for ApplicationControl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ApplicationControl")
            .field(&self.status())
            .finish()
    }
}
