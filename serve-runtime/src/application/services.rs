//! The deployments of an application, from bound to stopped.

use std::sync::Arc;

use futures_util::future::{join_all, try_join_all};

use crate::application::resolved_topology::ResolvedTopology;
use crate::controller::DeploymentStatus;
use crate::deployment::Callable;
use crate::request::admission::Share;
use crate::request::admission::calls_per_request::calls_per_request;
use crate::request::in_flight_limit::InFlightLimit;
use crate::resources::{Resources, Wanted};
use crate::service::{AnyService, DeploymentControl};
use crate::{Error, Result};

/// The deployments of an application, and the requests that need them.
#[doc(hidden)]
#[derive(Default)]
pub struct Services {
    pub(crate) deployments: Vec<Placed>,
    pub(crate) requests: Arc<InFlightLimit>,
    pub(crate) topology: ResolvedTopology,
    /// What cannot be done of what was asked for.
    pub(crate) refused: Option<Error>,
}

/// A deployment at its place in a graph.
pub(crate) struct Placed {
    /// The variable that it is bound to; in a graph in a graph, after that one's: `ocr/detector`.
    pub(crate) variable: String,
    /// Its index in the topology; in a graph in a graph, after that one's.
    pub(crate) path: Vec<usize>,
    pub(crate) service: Box<dyn AnyService>,
}

impl Services {
    pub(crate) fn place(&mut self, variable: &str, path: Vec<usize>, service: Box<dyn AnyService>) {
        self.deployments.push(Placed {
            variable: variable.to_owned(),
            path,
            service,
        });
    }

    pub(super) async fn start(&mut self, resources: Resources) -> Result<()> {
        if let Some(refused) = self.refused.take() {
            return Err(refused);
        }
        self.topology.check()?;
        let wanted: Result<Vec<Wanted>> = self.services().map(|service| service.wants()).collect();
        let grants = resources.take_all(&wanted?)?;
        self.share_out();
        let services = self.deployments.iter_mut().zip(grants).enumerate();
        for (share, (placed, grants)) in services {
            let requests = Arc::clone(&self.requests);
            let on_capacity = move |capacity, width| {
                requests.admission().set_capacity(share, capacity, width);
                requests.capacity_changed();
            };
            let on_capacity = Box::new(on_capacity);
            let started = placed.service.start(grants, resources.clone(), on_capacity);
            started?;
        }
        try_join_all(self.services().map(|service| service.started())).await?;
        Ok(())
    }

    /// What each deployment has to take of a request limits how many requests there may be.
    fn share_out(&self) {
        let topology = self.topology.compiled();
        let calls = topology.map(calls_per_request).unwrap_or_default();
        let share = |placed: &Placed| {
            let calls = calls.get(&placed.path).copied().unwrap_or_default();
            Share::new(placed.variable.clone(), calls)
        };
        let shares = self.deployments.iter().map(share).collect();
        self.requests.admission().set_shares(shares);
    }

    pub(super) async fn drain(&self) {
        self.services().for_each(|service| service.stops_soon());
        // A request needs the deployments that it has yet to come to.
        self.requests.drain().await;
        join_all(self.services().map(|service| service.drain())).await;
    }

    pub(super) fn status(&self) -> Vec<DeploymentStatus> {
        let statuses = self.services().filter_map(|service| service.status());
        statuses.collect()
    }

    pub(super) fn health(&self) -> Result<()> {
        self.services().try_for_each(|service| service.health())
    }

    pub(super) fn deployment<D: Callable>(&self, name: &str) -> Result<DeploymentControl<D>> {
        let mut named = self
            .deployments
            .iter()
            .filter(|placed| placed.variable == name);
        let control = |placed: &Placed| placed.service.control().downcast_ref().cloned();
        match named.clone().find_map(control) {
            Some(control) => Ok(control),
            None if named.next().is_some() => Err(Error::invalid_input(format!(
                "`{name}` is not a `{}` with replicas",
                D::NAME
            ))),
            None => {
                let known: Vec<_> = self
                    .deployments
                    .iter()
                    .map(|placed| format!("`{}`", placed.variable))
                    .collect();
                Err(Error::invalid_input(format!(
                    "there is no deployment `{name}`\nhelp: there are {}",
                    known.join(", ")
                )))
            }
        }
    }

    fn services(&self) -> impl Iterator<Item = &dyn AnyService> {
        self.deployments.iter().map(|placed| &*placed.service)
    }
}

/// Also of an application of which only a part could be started.
impl Drop for Services {
    fn drop(&mut self) {
        self.services().for_each(|service| service.stop());
    }
}
