//! The services of an application's deployments, from bound to stopped.

use std::collections::HashSet;
use std::sync::Arc;

use futures_util::future::{BoxFuture, join_all, try_join_all};

use crate::application::health::Health;
use crate::application::resolved_topology::ResolvedTopology;
use crate::controller::DeploymentStatus;
use crate::deployment::{Bound, Callable};
use crate::engine::Ticker;
use crate::request::in_flight_limit::InFlightLimit;
use crate::resources::{Resources, Wanted};
use crate::service::{self, AnyService, DeploymentControl, Serves};
use crate::{Error, Result};

/// The deployments of an application, and the requests that need them.
#[doc(hidden)]
#[derive(Default)]
pub struct Services {
    pub(crate) deployments: Vec<Placed>,
    pub(crate) requests: Arc<InFlightLimit>,
    /// The graphs that are bound in the application's, as [`Placed::path`], and the requests of each.
    pub(crate) inner: Vec<(Vec<usize>, Arc<InFlightLimit>)>,
    pub(crate) topology: ResolvedTopology,
    /// What its replicas have of the machine, once it is started.
    pub(crate) resources: Resources,
    /// Advances the clocks of its deployments.
    pub(crate) ticker: Ticker,
    /// Those of an application.
    #[cfg(feature = "config")]
    pub(crate) fixed: Option<crate::application::Fixed>,
    /// Whether numbers of replicas may be set from outside.
    #[cfg(feature = "config")]
    pub(crate) external_scaler_enabled: std::sync::atomic::AtomicBool,
    /// The error for a change that cannot be made; `start` returns it.
    pub(crate) refused: Option<Error>,
}

/// A deployment at its place in a graph.
pub(crate) struct Placed {
    /// Its name, as [`BoundOptions::name`](crate::application::bound_options::BoundOptions).
    pub(crate) name: String,
    /// The name of its type.
    pub(crate) ty: &'static str,
    /// Its index in the topology; in a graph in a graph, after the index of that graph.
    pub(crate) path: Vec<usize>,
    pub(crate) service: Box<dyn AnyService>,
}

impl Placed {
    /// The services before they are started.
    pub(crate) fn rename(&mut self, name: String) {
        if let Some(options) = self.service.options_mut() {
            options.name = name.clone().into();
        }
        self.name = name;
    }
}

impl Services {
    pub(crate) fn place<D: Callable>(&mut self, index: usize, ty: &'static str, bound: Bound<D>) {
        self.deployments.push(Placed {
            name: bound.options().name.to_string(),
            ty,
            path: vec![index],
            service: D::Engine::service(bound),
        });
    }

    /// Makes the names unique, once everything is bound. A variable may shadow another one of the same name: the later
    /// ones are numbered, skipping names that exist.
    pub(crate) fn number_names(&mut self) {
        let names = self.deployments.iter().map(|placed| placed.name.clone());
        let mut taken: HashSet<String> = names.collect();
        let mut seen = HashSet::new();
        for placed in &mut self.deployments {
            if seen.insert(placed.name.clone()) {
                continue;
            }
            let numbered = (1..).map(|number| format!("{}_{number}", placed.name));
            let mut free = numbered.filter(|name| taken.insert(name.clone()));
            if let Some(name) = free.next() {
                placed.rename(name);
            }
        }
    }

    /// The index of the deployment of that name. The name of its type is enough if no other deployment has that type.
    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        let mut placed = self.deployments.iter();
        placed.position(|placed| placed.name == name).or_else(|| {
            let placed = self.deployments.iter().enumerate();
            let mut of_type = placed.filter(|(_, placed)| placed.ty == name);
            let (index, _) = of_type.next()?;
            of_type.next().is_none().then_some(index)
        })
    }

    /// The names of all deployments, for messages.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> + Clone {
        self.deployments.iter().map(|placed| &*placed.name)
    }

    pub(super) async fn start(&mut self, resources: Resources) -> Result<()> {
        if let Some(refused) = self.refused.take() {
            return Err(refused);
        }
        self.topology.check()?;
        let wanted: Result<Vec<Wanted>> = self.services().map(|service| service.wants()).collect();
        let grants = resources.take_all(&wanted?)?;
        self.resources = resources.clone();
        let roles = self.count_places()?;
        let deployments = self.deployments.iter_mut().zip(grants).zip(roles);
        for ((placed, grants), role) in deployments {
            let started = placed.service.start(grants, resources.clone(), role);
            started?;
        }
        try_join_all(self.services().map(|service| service.started())).await?;
        Ok(())
    }

    pub(super) async fn drain(&self) {
        self.services().for_each(|service| service.begin_shutdown());
        // A request in flight still needs the deployments that it has not reached yet.
        self.requests.drain().await;
        join_all(self.services().map(|service| service.drain())).await;
    }

    pub(super) fn status(&self) -> Vec<DeploymentStatus> {
        let statuses = self.services().filter_map(|service| service.status());
        statuses.collect()
    }

    pub(super) fn health(&self) -> Result<Health> {
        let mut degraded = Vec::new();
        for service in self.services() {
            match service.health() {
                service::Health::Well => {}
                service::Health::Degraded(name) => degraded.push(name),
                service::Health::Down(why) => return Err(Error::unavailable(why)),
            }
        }
        Ok(match degraded.is_empty() {
            true => Health::Ok,
            false => Health::Degraded(degraded),
        })
    }

    fn find(&self, name: &str) -> Result<&Placed> {
        let index = self.position(name).ok_or_else(|| {
            let known: Vec<_> = self.names().map(|name| format!("`{name}`")).collect();
            let known = known.join(", ");
            Error::invalid_input(format!(
                "there is no deployment `{name}`\nhelp: the deployments are {known}"
            ))
        })?;
        Ok(&self.deployments[index])
    }

    pub(super) fn scale(
        &self,
        name: &str,
        num_replicas: u32,
    ) -> Result<BoxFuture<'static, Result<()>>> {
        Ok(self.find(name)?.service.scale(num_replicas))
    }

    pub(super) fn deployment<D: Callable>(&self, name: &str) -> Result<DeploymentControl<D>> {
        let placed = self.find(name)?;
        let control = placed.service.control();
        if let Some(control) = control.downcast_ref::<DeploymentControl<D>>() {
            return Ok(control.clone());
        }
        let message = match control.is::<()>() {
            true => format!("deployment `{name}` has no replicas"),
            false => format!(
                "deployment `{name}` is of the type `{}`, not `{}`",
                placed.ty,
                D::NAME
            ),
        };
        Err(Error::invalid_input(message))
    }

    fn services(&self) -> impl Iterator<Item = &dyn AnyService> {
        self.deployments.iter().map(|placed| &*placed.service)
    }
}

/// Applies also to an application of which only a part could be started.
impl Drop for Services {
    fn drop(&mut self) {
        self.services().for_each(|service| service.stop());
    }
}
