//! A graph or a deployment that is ready to be deployed, and one that has been.

pub(crate) mod bound_options;
pub(crate) mod builder;
pub(crate) mod resolved_topology;

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use futures_util::future::{join_all, try_join_all};

use crate::application::resolved_topology::Limited;
use crate::controller::DeploymentStatus;
use crate::deployment::{Bound, Callable};
use crate::graph::Graph;
use crate::request::admission::Share;
use crate::request::admission::calls_per_request::demand;
use crate::request::in_flight_limit::Requests;
use crate::resources::{Ledger, Resources, Wanted};
use crate::service::Serves;
use crate::service::{AnyService, DeploymentControl};
use crate::util::tokio_runtime::check_runtime;
use crate::{Error, Result};

/// A graph with its deployments bound; what a `#[graph]` function returns.
#[must_use = "an application does nothing until it is deployed: pass it to `deploy` or `run`"]
pub struct Application<G: Graph> {
    pub(crate) graph: G,
    pub(crate) services: Services,
}

impl<G: Graph> fmt::Debug for Application<G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Application")
            .field(&G::TOPOLOGY.name)
            .finish()
    }
}

/// What can be deployed: an [`Application`], or a single deployment as `bind` returns it.
pub trait Deployable {
    /// What callers will hold.
    type Handle;

    #[doc(hidden)]
    fn take_apart(self) -> (Self::Handle, Services);
}

impl<G: Graph> Deployable for Application<G> {
    type Handle = G::Handle;

    fn take_apart(self) -> (G::Handle, Services) {
        (self.graph.handle(), self.services)
    }
}

impl<D: Callable> Deployable for Bound<D> {
    type Handle = D::Handle;

    fn take_apart(self) -> (D::Handle, Services) {
        let handle = self.handle();
        let mut services = Services::default();
        services.place(D::NAME, vec![0], D::Engine::service(self));
        (handle, services)
    }
}

/// Builds all replicas, side by side, and returns what calls them; ready when every replica is.
///
/// A constructor may take its time. The log warns of one that takes more than 30 s, again and again at twice the
/// age, and [`DeploymentStatus`](crate::DeploymentStatus) says so.
///
/// # Errors
///
/// If a constructor keeps failing or panicking, an option is out of range, options that are set at build
/// take more than the graph's `slo_ms`, `max_cpus` or `max_gpus` allow, or the replicas need more than
/// [`Machine::detect`](crate::Machine::detect) finds; the message of the last has the arithmetic. Everything that was started
/// is stopped then. Also outside of a tokio runtime, and in one without timers.
pub async fn deploy<A: Deployable>(application: A) -> Result<Deployed<A::Handle>> {
    deploy_within(None, application).await
}

/// [`deploy`], with what replicas need taken from a [`Machine`](crate::Machine) that is not just what is detected, or
/// from a [`Ledger`] that several applications share.
///
/// # Errors
///
/// As [`deploy`].
pub async fn deploy_on<A: Deployable>(
    machine: impl Into<Ledger>,
    application: A,
) -> Result<Deployed<A::Handle>> {
    deploy_within(Some(machine.into()), application).await
}

/// Nobody looks at the machine for those who need nothing of it.
pub(crate) async fn deploy_within<A: Deployable>(
    ledger: Option<Ledger>,
    application: A,
) -> Result<Deployed<A::Handle>> {
    check_runtime()?;
    let (handle, mut services) = application.take_apart();
    services.start(Resources::from(ledger)).await?;
    Ok(Deployed { handle, services })
}

/// What [`deploy`] returns: a handle - it derefs to it - that keeps its deployments running.
///
/// Dropping it stops the deployments at once; [`Deployed::shutdown`] lets them finish first.
#[must_use = "dropping it stops its deployments at once: keep it as long as they are to run, and end with `shutdown`"]
pub struct Deployed<H> {
    handle: H,
    services: Services,
}

impl<H> Deployed<H> {
    /// The handle.
    pub fn handle(&self) -> &H {
        &self.handle
    }

    /// Takes in no more requests, waits until those taken in are answered, and stops.
    ///
    /// A request of a graph is waited for however long it takes; only one that waits for a deployment that
    /// was scaled to no replicas is refused. What there is left at deployments then has their
    /// [`graceful_shutdown_timeout_s`](Bound::graceful_shutdown_timeout_s): calls on threads whose callers have
    /// gone, and calls that are part of no request, as all are of a deployment that was deployed by itself. Who
    /// still waits after that is told that it is [`Unavailable`](crate::ErrorKind::Unavailable).
    ///
    /// To wait no longer than a certain time for all of it, drop the future, as `tokio::time::timeout` does: that
    /// stops the deployments at once.
    pub async fn shutdown(self) {
        self.services.drain().await;
    }

    /// An error that names a deployment none of whose replicas can take a call, if there is one. The log and
    /// [`status`](Self::status) say why; the error may be shown to anybody.
    pub fn health(&self) -> Result<()> {
        self.services.health()
    }

    #[cfg(feature = "config")]
    pub(crate) fn services(&self) -> &Services {
        &self.services
    }

    /// How each deployment is that has replicas.
    pub fn status(&self) -> Vec<DeploymentStatus> {
        self.services
            .services()
            .filter_map(|service| service.status())
            .collect()
    }

    /// One of the deployments, for scaling, reconfiguring or updating it while it runs.
    ///
    /// It is named by the variable that it is bound to in the graph function, a function by its own name,
    /// and what a bound graph binds with that graph's variable before it: `"ocr/detector"`.
    ///
    /// # Errors
    ///
    /// If there is none of that name, or it is of another type.
    pub fn deployment<D: Callable>(&self, name: &str) -> Result<DeploymentControl<D>> {
        self.services.deployment(name)
    }
}

impl<H> Deref for Deployed<H> {
    type Target = H;

    fn deref(&self) -> &H {
        &self.handle
    }
}

impl<H: fmt::Debug> fmt::Debug for Deployed<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Deployed").field(&self.handle).finish()
    }
}

/// The deployments of an application, and the requests that need them.
#[doc(hidden)]
#[derive(Default)]
pub struct Services {
    pub(crate) deployments: Vec<Placed>,
    pub(crate) requests: Arc<Requests>,
    pub(crate) limits: Limited,
    /// What was asked for and cannot be.
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

    async fn start(&mut self, resources: Resources) -> Result<()> {
        if let Some(refused) = self.refused.take() {
            return Err(refused);
        }
        self.limits.check()?;
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
        let demands = self.limits.topology().map(demand).unwrap_or_default();
        let share = |placed: &Placed| {
            let demand = demands.get(&placed.path).copied().unwrap_or_default();
            Share::new(placed.variable.clone(), demand)
        };
        let shares = self.deployments.iter().map(share).collect();
        self.requests.admission().set_shares(shares);
    }

    async fn drain(&self) {
        self.services().for_each(|service| service.begin_shutdown());
        // A request needs the deployments that it has yet to come to.
        self.requests.drain().await;
        join_all(self.services().map(|service| service.drain())).await;
    }

    fn health(&self) -> Result<()> {
        self.services().try_for_each(|service| service.health())
    }

    fn deployment<D: Callable>(&self, name: &str) -> Result<DeploymentControl<D>> {
        let mut named = self
            .deployments
            .iter()
            .filter(|placed| placed.variable == name);
        let control = |placed: &Placed| placed.service.control().downcast_ref().cloned();
        match named.clone().find_map(control) {
            Some(control) => Ok(control),
            None if named.next().is_some() => Err(Error::invalid_input(format!(
                "`{name}` is no `{}` that has replicas",
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

/// Also when a deployment is given up half-way.
impl Drop for Services {
    fn drop(&mut self) {
        self.services().for_each(|service| service.stop());
    }
}
