//! One application of a server, from bound to shut down, whatever its graph.

use std::any::Any;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use axum::Router;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
#[cfg(feature = "cli")]
use futures_util::stream::BoxStream;
#[cfg(feature = "config")]
use serde_json::{Map, Value};
use serve_topology::Topology;
use serve_topology::route::{is_reserved, is_valid, moved, sent};

use super::InUse;
use crate::application::{Application, ApplicationControl, Deployed, Health, deploy_within};
#[cfg(feature = "config")]
use crate::config::{ApplicationConfig, Plan};
use crate::graph::Graph;
#[cfg(feature = "cli")]
use crate::ingress::floats::Floats;
use crate::ingress::handler::Service;
use crate::ingress::router::{Routes, Serve};
use crate::ingress::serving::Serving;
use crate::resources::LazyLedger;
use crate::util::lock;
use crate::{Error, Result};

/// An application of a server, whatever its graph.
pub(crate) trait AnyApplication: Send + Sync + 'static {
    fn name(&self) -> &str;

    fn topology(&self) -> &'static Topology<'static>;

    /// The paths of its graph's entries, in their order, as clients send them; none if it is not served.
    fn routes(&self) -> &[String];

    /// Fails if it cannot be served under its name and route prefix.
    fn check(&self) -> Result<()>;

    /// The path below which it is served, if it is.
    fn route_prefix(&self) -> Option<&str>;

    /// What a configuration has made it with; `None` if the program has bound it.
    #[cfg(feature = "config")]
    fn args(&self) -> Option<&Map<String, Value>>;

    /// Its routes, which use it until what they have been asked is answered.
    fn router(self: Arc<Self>, serving: &Arc<Serving>, in_use: &Arc<InUse>) -> Router;

    /// Starts its deployments. From then on its requests are served.
    fn deploy(&self, ledger: LazyLedger) -> BoxFuture<'_, Result<()>>;

    /// Whether its requests can be served, and if not, why.
    fn health(&self) -> Result<Health>;

    /// Its control, if it runs.
    fn control(&self) -> Result<ApplicationControl>;

    /// Answers its requests and stops its deployments.
    fn shutdown(&self) -> BoxFuture<'static, ()>;

    /// Stops its deployments at once.
    fn abandon(&self);

    /// The [`Served`] that it is.
    fn into_any(self: Arc<Self>) -> Arc<dyn Any + Send + Sync>;

    /// Sets options before it is deployed.
    #[cfg(feature = "config")]
    fn apply(&self, config: &ApplicationConfig) -> Result<()>;

    /// Checks a change of its options while it runs.
    #[cfg(feature = "config")]
    fn plan(&self, config: &ApplicationConfig) -> Result<Plan>;

    /// Its options before it is deployed.
    #[cfg(all(feature = "config", feature = "cli"))]
    fn config(&self) -> Result<ApplicationConfig>;

    /// Calls `borrow` with its topology and the options that are bound.
    #[cfg(feature = "cli")]
    fn lend(&self, borrow: &mut dyn FnMut(&Topology<'_>));

    /// Checks that an entry accepts a body.
    #[cfg(feature = "cli")]
    fn accepts(&self, entry: usize, body: &[u8]) -> Result<()>;

    /// Runs one request to an entry, as [`Routes::call`].
    #[cfg(feature = "cli")]
    fn call<'a>(
        &'a self,
        entry: usize,
        body: &'a [u8],
        floats: Floats,
    ) -> BoxFuture<'a, Result<BoxStream<'static, Result<String>>>>;
}

/// An application that waits to be deployed, is starting, runs, or has been shut down.
pub(crate) struct Served<G: Graph> {
    name: String,
    /// Not known before it is asked for: until then a configuration may change it.
    served_at: OnceLock<Below>,
    /// Until it is deployed.
    bound: Mutex<Option<Application<G>>>,
    handle: OnceLock<G::Handle>,
    deployed: RwLock<Option<Deployed<G::Handle>>>,
    #[cfg(feature = "config")]
    args: Option<Map<String, Value>>,
}

/// Where an application is served.
struct Below {
    /// None if it is not.
    route_prefix: Option<String>,
    routes: Vec<String>,
}

impl Below {
    fn new(topology: &Topology<'_>, route_prefix: Option<&str>) -> Self {
        let entries = route_prefix.map_or(&[][..], |_| topology.entries);
        let to = route_prefix.unwrap_or_default();
        let routes = entries.iter();
        let routes = routes.map(|it| sent(&moved(it.route, topology.route_prefix, to)));
        Below {
            route_prefix: route_prefix.map(str::to_owned),
            routes: routes.collect(),
        }
    }
}

impl<G: Graph> Served<G> {
    pub(crate) fn new(application: Application<G>) -> Self {
        Served {
            name: application.name_or_graph().to_owned(),
            served_at: OnceLock::new(),
            bound: Mutex::new(Some(application)),
            handle: OnceLock::new(),
            deployed: RwLock::new(None),
            #[cfg(feature = "config")]
            args: None,
        }
    }

    /// One that a configuration has made.
    #[cfg(feature = "config")]
    pub(super) fn made(application: Application<G>, args: Map<String, Value>) -> Self {
        Served {
            args: Some(args),
            ..Served::new(application)
        }
    }

    /// One that runs.
    pub(crate) fn running(deployed: Deployed<G::Handle>) -> Self {
        let topology = G::TOPOLOGY;
        let below = Below::new(topology, Some(topology.route_prefix));
        Served {
            name: topology.name.to_owned(),
            served_at: OnceLock::from(below),
            bound: Mutex::new(None),
            handle: OnceLock::from(Deployed::handle(&deployed).clone()),
            deployed: RwLock::new(Some(deployed)),
            #[cfg(feature = "config")]
            args: None,
        }
    }

    /// The handle to the graph.
    ///
    /// # Errors
    ///
    /// If it does not run yet.
    pub(crate) fn handle(&self) -> Result<&G::Handle> {
        self.handle.get().ok_or_else(starting)
    }

    fn take(&self) -> Option<Deployed<G::Handle>> {
        let deployed = self.deployed.write();
        deployed.unwrap_or_else(PoisonError::into_inner).take()
    }

    fn running_control(&self) -> Result<ApplicationControl> {
        let deployed = self.deployed.read();
        let deployed = deployed.unwrap_or_else(PoisonError::into_inner);
        deployed
            .as_ref()
            .map(Deployed::control)
            .ok_or_else(starting)
    }

    fn served_at(&self) -> &Below {
        self.served_at.get_or_init(|| {
            let bound = lock(&self.bound);
            let route_prefix = bound.as_ref().and_then(Application::prefix);
            Below::new(G::TOPOLOGY, route_prefix)
        })
    }

    /// Replaces the application that waits to be deployed.
    #[cfg(feature = "config")]
    fn with_bound<T>(
        &self,
        change: impl FnOnce(Application<G>) -> Result<(Option<Application<G>>, T)>,
    ) -> Result<T> {
        let mut bound = lock(&self.bound);
        let (changed, result) = change(bound.take().ok_or_else(deployed_before)?)?;
        *bound = changed;
        Ok(result)
    }
}

impl<G: Serve> AnyApplication for Served<G> {
    fn name(&self) -> &str {
        &self.name
    }

    fn topology(&self) -> &'static Topology<'static> {
        G::TOPOLOGY
    }

    fn routes(&self) -> &[String] {
        &self.served_at().routes
    }

    fn check(&self) -> Result<()> {
        let name = &self.name;
        let route_prefix = self.served_at().route_prefix.as_deref();
        let route_prefix = route_prefix.unwrap_or("/");
        let wrong = match () {
            () if name.is_empty() => "an application needs a name".to_owned(),
            () if !is_valid(route_prefix) => format!(
                "application `{name}`: `{route_prefix}` is not a valid route prefix; it is `/`, or starts with `/` and does not end with it"
            ),
            () if is_reserved(route_prefix) => {
                format!("application `{name}`: routes under `/-/` are reserved for the server")
            }
            () => return Ok(()),
        };
        Err(Error::invalid_input(wrong))
    }

    fn route_prefix(&self) -> Option<&str> {
        self.served_at().route_prefix.as_deref()
    }

    #[cfg(feature = "config")]
    fn args(&self) -> Option<&Map<String, Value>> {
        self.args.as_ref()
    }

    fn router(self: Arc<Self>, serving: &Arc<Serving>, in_use: &Arc<InUse>) -> Router {
        let Below {
            route_prefix,
            routes,
        } = self.served_at();
        if route_prefix.is_none() {
            return Router::new();
        }
        let routes = routes.clone();
        let service = Service {
            application: self,
            serving: Arc::clone(serving),
            _in_use: Arc::clone(in_use),
        };
        let router = Router::new().without_v07_checks();
        G::Entries::add_to(router, &routes).with_state(Arc::new(service))
    }

    fn deploy(&self, ledger: LazyLedger) -> BoxFuture<'_, Result<()>> {
        let start = async move {
            self.served_at();
            let bound = lock(&self.bound).take().ok_or_else(deployed_before)?;
            let deployed = deploy_within(ledger, bound).await?;
            let _ = self.handle.set(Deployed::handle(&deployed).clone());
            let slot = self.deployed.write();
            *slot.unwrap_or_else(PoisonError::into_inner) = Some(deployed);
            Ok(())
        };
        start.boxed()
    }

    fn health(&self) -> Result<Health> {
        self.running_control()?.health()
    }

    fn control(&self) -> Result<ApplicationControl> {
        self.running_control()
    }

    fn abandon(&self) {
        drop(self.take());
    }

    fn shutdown(&self) -> BoxFuture<'static, ()> {
        let deployed = self.take();
        let shutdown = async move {
            if let Some(deployed) = deployed {
                Deployed::shutdown(deployed).await;
            }
        };
        shutdown.boxed()
    }

    fn into_any(self: Arc<Self>) -> Arc<dyn Any + Send + Sync> {
        self
    }

    #[cfg(feature = "config")]
    fn apply(&self, config: &ApplicationConfig) -> Result<()> {
        self.with_bound(|bound| Ok((Some(bound.with_config(config)?), ())))
    }

    #[cfg(feature = "config")]
    fn plan(&self, config: &ApplicationConfig) -> Result<Plan> {
        self.running_control()?.services()?.plan(config)
    }

    #[cfg(all(feature = "config", feature = "cli"))]
    fn config(&self) -> Result<ApplicationConfig> {
        self.with_bound(|bound| {
            let config = bound.config()?;
            Ok((Some(bound), config))
        })
    }

    #[cfg(feature = "cli")]
    fn lend(&self, borrow: &mut dyn FnMut(&Topology<'_>)) {
        if let Some(bound) = &*lock(&self.bound) {
            bound.services.topology.lend(borrow);
        }
    }

    #[cfg(feature = "cli")]
    fn accepts(&self, entry: usize, body: &[u8]) -> Result<()> {
        G::Entries::check(entry, body)
    }

    #[cfg(feature = "cli")]
    fn call<'a>(
        &'a self,
        entry: usize,
        body: &'a [u8],
        floats: Floats,
    ) -> BoxFuture<'a, Result<BoxStream<'static, Result<String>>>> {
        async move { G::Entries::call(entry, self.handle()?, body, floats).await }.boxed()
    }
}

fn starting() -> Error {
    Error::unavailable("the replicas are not ready")
}

fn deployed_before() -> Error {
    Error::unavailable("the application has been deployed before")
}
