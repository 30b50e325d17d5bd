//! A graph or a deployment that is ready to be deployed, and one that has been.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use futures_util::future::{self, BoxFuture, FutureExt, join_all, try_join_all};

use crate::deployment::{Bound, Callable};
use crate::graph::Graph;
use crate::limits::Limited;
use crate::replica::Engine;
use crate::requests::Requests;
use crate::{Error, Result};

/// A graph with its deployments bound; what a `#[graph]` function returns.
#[must_use = "an application does nothing until it is deployed: pass it to `deploy` or `run`"]
pub struct Application<G: Graph> {
    pub(crate) graph: G,
    pub(crate) services: Services,
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
        services.place(D::NAME, service(self));
        (handle, services)
    }
}

/// Builds all replicas, side by side, and returns what calls them; ready when every replica is.
///
/// # Errors
///
/// If a constructor fails or panics, an option is out of range, or options that are set at build take
/// more than the graph's `slo_ms`, `max_cpus` or `max_gpus` allow. Everything that was started is
/// stopped then.
pub async fn deploy<A: Deployable>(application: A) -> Result<Deployed<A::Handle>> {
    let (handle, mut services) = application.take_apart();
    services.start().await?;
    Ok(Deployed { handle, services })
}

/// What [`deploy`] returns: a handle - it derefs to it - that keeps its deployments running.
///
/// Dropping it stops the deployments at once; [`Deployed::shutdown`] lets them finish first.
pub struct Deployed<H> {
    handle: H,
    services: Services,
}

impl<H> Deployed<H> {
    /// The handle.
    pub fn handle(&self) -> &H {
        &self.handle
    }

    /// Takes in no more calls, waits until those taken in are answered, and stops.
    pub async fn shutdown(self) {
        self.services.drain().await;
    }

    /// An error that names a deployment none of whose replicas can take a call, if there is one.
    pub fn health(&self) -> Result<()> {
        self.services.health()
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
    pub(crate) service: Box<dyn AnyService>,
}

impl Services {
    pub(crate) fn place(&mut self, variable: &str, service: Box<dyn AnyService>) {
        self.deployments.push(Placed {
            variable: variable.to_owned(),
            service,
        });
    }

    async fn start(&mut self) -> Result<()> {
        if let Some(refused) = self.refused.take() {
            return Err(refused);
        }
        self.limits.check()?;
        let deployments = self.deployments.iter_mut();
        try_join_all(deployments.map(|placed| placed.service.start())).await?;
        Ok(())
    }

    async fn drain(&self) {
        // A request needs the deployments that it has yet to come to.
        self.requests.drain().await;
        join_all(self.services().map(|service| service.drain())).await;
    }

    fn health(&self) -> Result<()> {
        self.services().try_for_each(|service| service.health())
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

pub(crate) trait AnyService: Send + Sync {
    /// Before it is started.
    fn rename(&mut self, rename: &dyn Fn(&str) -> String);
    fn start(&mut self) -> BoxFuture<'_, Result<()>>;
    fn drain(&self) -> BoxFuture<'_, ()>;
    fn stop(&self);
    fn health(&self) -> Result<()>;

    /// Whether it is a deployment of that type.
    #[cfg(feature = "testing")]
    fn is(&self, deployment: std::any::TypeId) -> bool;

    /// Has a fake answer in its place. Before it is started.
    #[cfg(feature = "testing")]
    fn fake(&mut self, faked: crate::testing::Faked) -> Result<()>;
}

pub(crate) enum Service<D: Callable> {
    Bound(Bound<D>),
    Started(Arc<D::Engine>),
    /// The plan was taken and found wrong, or a fake answers in its place.
    Gone,
}

/// A deployment that has not been started.
pub(crate) fn service<D: Callable>(bound: Bound<D>) -> Box<dyn AnyService> {
    Box::new(Service::Bound(bound))
}

/// Compiled once for each deployment of a program: what does not need the type is elsewhere.
impl<D: Callable> AnyService for Service<D> {
    fn rename(&mut self, rename: &dyn Fn(&str) -> String) {
        if let Service::Bound(bound) = self {
            bound.rename(rename(bound.deployment_name()).into());
        }
    }

    fn start(&mut self) -> BoxFuture<'_, Result<()>> {
        let Service::Bound(bound) = std::mem::replace(self, Service::Gone) else {
            return ready(Ok(()));
        };
        let name = bound.deployment_name().to_owned();
        match bound.into_parts() {
            Ok((plan, engine)) => {
                *self = Service::Started(Arc::clone(&engine));
                named(name, async move { engine.start(plan).await }.boxed())
            }
            Err(error) => ready(Err(error)),
        }
    }

    fn drain(&self) -> BoxFuture<'_, ()> {
        match self {
            Service::Started(engine) => engine.drain().boxed(),
            _ => ready(()),
        }
    }

    fn stop(&self) {
        if let Service::Started(engine) = self {
            engine.stop();
        }
    }

    fn health(&self) -> Result<()> {
        match self {
            Service::Started(engine) => engine.health(),
            _ => Ok(()),
        }
    }

    #[cfg(feature = "testing")]
    fn is(&self, deployment: std::any::TypeId) -> bool {
        std::any::TypeId::of::<D>() == deployment
    }

    #[cfg(feature = "testing")]
    fn fake(&mut self, faked: crate::testing::Faked) -> Result<()> {
        if !self.is(faked.type_id) {
            let (name, given) = (faked.name(), faked.type_name);
            return Err(Error::invalid_input(format!(
                "`{name}` is a `{}`, but was given a fake of `{given}`",
                D::NAME
            )));
        }
        let Service::Bound(bound) = std::mem::replace(self, Service::Gone) else {
            let name = faked.name();
            return Err(Error::invalid_input(format!(
                "`{name}` was given a fake already"
            )));
        };
        bound.fake(faked.replies);
        Ok(())
    }
}

fn ready<T: Send + 'static>(value: T) -> BoxFuture<'static, T> {
    future::ready(value).boxed()
}

/// An error of a deployment that starts says which one it is.
fn named(deployment: String, start: BoxFuture<'_, Result<()>>) -> BoxFuture<'_, Result<()>> {
    let started = async move {
        let started = start.await;
        started.map_err(|error| could_not_start(&deployment, error))
    };
    started.boxed()
}

fn could_not_start(deployment: &str, error: Error) -> Error {
    let kind = error.kind();
    let message = format!("deployment `{deployment}` could not be started: {error:?}");
    Error::new(kind, message)
}
