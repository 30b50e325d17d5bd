//! Snapshots of the applications of a server, for operators.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Mutex;
use std::time::SystemTime;

use super::hosting::Hosting;
use super::served::AnyApplication;
use crate::controller::{DeploymentStatus, Status, StatusTrigger};
use crate::util::lock;

/// A snapshot of an application of a server.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ApplicationStatus {
    /// Its name.
    pub name: String,
    /// The name of its graph.
    pub graph: String,
    /// The path below which it is served, if it is.
    pub route_prefix: Option<String>,
    /// Its state.
    pub status: ApplicationState,
    /// Details, if there are any: why it could not be deployed, or which deployments are not well.
    pub message: String,
    /// When it was last asked to be deployed.
    pub last_deployed: SystemTime,
    /// Each of its deployments that has replicas; those of the version that is served.
    pub deployments: Vec<DeploymentStatus>,
}

/// The state of an application, in Ray Serve's terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ApplicationState {
    /// Its deployments are being started or changed.
    Deploying,
    /// It could not be deployed. A version that was there before is still served.
    DeployFailed,
    /// Every deployment is as it should be.
    Running,
    /// A deployment misses replicas.
    Unhealthy,
    /// It answers its last requests.
    Deleting,
}

impl ApplicationState {
    /// The name that Ray Serve gives it, such as `DEPLOY_FAILED`.
    pub fn name(self) -> &'static str {
        match self {
            ApplicationState::Deploying => "DEPLOYING",
            ApplicationState::DeployFailed => "DEPLOY_FAILED",
            ApplicationState::Running => "RUNNING",
            ApplicationState::Unhealthy => "UNHEALTHY",
            ApplicationState::Deleting => "DELETING",
        }
    }
}

/// By its [name](ApplicationState::name).
impl fmt::Display for ApplicationState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// How far an application is with what it was last asked for.
#[derive(Debug, Clone)]
pub(super) enum Phase {
    Deploying,
    Running,
    Failed(String),
    Deleting,
}

/// The phases of all applications.
#[derive(Default)]
pub(super) struct Phases(Mutex<BTreeMap<String, Asked>>);

#[derive(Clone)]
struct Asked {
    graph: &'static str,
    route_prefix: Option<String>,
    phase: Phase,
    last_deployed: SystemTime,
}

impl Phases {
    pub(super) fn set(&self, application: &dyn AnyApplication, phase: Phase) {
        let mut all = lock(&self.0);
        let name = application.name();
        let last_deployed = match (&phase, all.get(name)) {
            (Phase::Deploying, _) | (_, None) => SystemTime::now(),
            (_, Some(asked)) => asked.last_deployed,
        };
        let asked = Asked {
            graph: application.topology().name,
            route_prefix: application.route_prefix().map(str::to_owned),
            phase,
            last_deployed,
        };
        all.insert(name.to_owned(), asked);
    }

    /// The version that is served is the one that is wanted again.
    #[cfg(feature = "config")]
    pub(super) fn forget_failure(&self, name: &str) {
        if let Some(asked) = lock(&self.0).get_mut(name)
            && matches!(asked.phase, Phase::Failed(_))
        {
            asked.phase = Phase::Running;
        }
    }

    /// Forgets those that could not be deployed, and are not wanted any more.
    #[cfg(feature = "config")]
    pub(super) fn retain(&self, is_wanted: impl Fn(&str) -> bool) {
        lock(&self.0)
            .retain(|name, asked| is_wanted(name) || !matches!(asked.phase, Phase::Failed(_)));
    }

    pub(super) fn remove(&self, name: &str) {
        lock(&self.0).remove(name);
    }
}

impl Hosting {
    /// The status of each application, by name.
    pub(crate) fn status(&self) -> Vec<ApplicationStatus> {
        let all = lock(&self.phases.0).clone();
        let now = self.now();
        let status = all.into_iter().map(|(name, asked)| {
            let placed = now.find(&name);
            let control = placed.and_then(|placed| placed.application.control().ok());
            let deployments = control.map_or_else(Vec::new, |control| control.status());
            let (status, message) = match asked.phase {
                Phase::Deploying => (ApplicationState::Deploying, String::new()),
                Phase::Failed(why) => (ApplicationState::DeployFailed, why),
                Phase::Deleting => (ApplicationState::Deleting, String::new()),
                Phase::Running => state_of(&deployments),
            };
            ApplicationStatus {
                name,
                graph: asked.graph.to_owned(),
                route_prefix: asked.route_prefix,
                status,
                message,
                last_deployed: asked.last_deployed,
                deployments,
            }
        });
        status.collect()
    }
}

/// The state of an application that runs: that of its worst deployment. One that follows its load is as it should be.
fn state_of(deployments: &[DeploymentStatus]) -> (ApplicationState, String) {
    let named = |is: fn(&DeploymentStatus) -> bool| {
        let named = deployments.iter().filter(|it| is(it));
        let named: Vec<_> = named.map(|it| format!("`{}`", it.name)).collect();
        (!named.is_empty()).then(|| named.join(", "))
    };
    let is_failed = |it: &DeploymentStatus| it.status == Status::DeployFailed;
    let is_unhealthy = |it: &DeploymentStatus| it.status == Status::Unhealthy;
    let is_changing = |it: &DeploymentStatus| match it.status {
        Status::Updating => true,
        Status::Upscaling | Status::Downscaling => {
            it.status_trigger == StatusTrigger::ConfigUpdateStarted
        }
        _ => false,
    };
    if let Some(names) = named(is_failed) {
        let message = format!("the deployments {names} could not be started");
        (ApplicationState::DeployFailed, message)
    } else if let Some(names) = named(is_unhealthy) {
        let message = format!("the deployments {names} miss replicas");
        (ApplicationState::Unhealthy, message)
    } else if named(is_changing).is_some() {
        (ApplicationState::Deploying, String::new())
    } else {
        (ApplicationState::Running, String::new())
    }
}
