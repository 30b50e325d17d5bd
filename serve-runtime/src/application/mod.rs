//! Applications: a graph or a deployment that is ready to be deployed, and a running one.

pub(crate) mod bound_options;
#[allow(
    missing_debug_implementations,
    reason = "generated code uses its types; users do not"
)]
pub(crate) mod builder;
mod callers;
mod control;
mod count_places;
mod deploy;
mod deployed;
mod health;
pub(crate) mod resolved_topology;
#[allow(
    missing_debug_implementations,
    reason = "generated code uses its types; users do not"
)]
pub(crate) mod services;

use std::fmt;

pub use self::control::ApplicationControl;
#[cfg(feature = "http")]
pub(crate) use self::deploy::deploy_within;
pub use self::deploy::{deploy, deploy_on};
pub use self::deployed::Deployed;
pub use self::health::Health;
pub(crate) use self::services::Services;
use crate::deployment::{Bound, Callable};
use crate::graph::Graph;
use crate::request::caller::Caller;

/// A graph with its deployments bound; what a `#[graph]` function returns.
#[must_use = "an application does nothing until it is deployed: pass it to `deploy` or `run`"]
pub struct Application<G: Graph> {
    pub(crate) graph: G,
    pub(crate) services: Services,
    pub(crate) name: Option<String>,
    pub(crate) served_at: ServedAt,
    /// Where the program serves it, if a configuration has changed that.
    #[cfg(feature = "config")]
    pub(crate) bound_at: Option<ServedAt>,
    /// What the options of a configuration were read from.
    #[cfg(feature = "config")]
    pub(crate) origin: crate::config::Origin,
}

/// Where an application is served over HTTP.
#[derive(Clone, Default)]
#[cfg_attr(
    not(all(feature = "config", feature = "http")),
    allow(dead_code, reason = "a file says it, and a server reads it")
)]
pub(crate) enum ServedAt {
    /// Below the route prefix of its graph.
    #[default]
    Graph,
    /// Below this path.
    Prefix(String),
    /// It is not.
    Nowhere,
}

impl ServedAt {
    /// The path, if the graph has that one.
    #[cfg(any(feature = "config", feature = "http"))]
    pub(crate) fn below<'a>(&'a self, of_graph: &'a str) -> Option<&'a str> {
        match self {
            ServedAt::Graph => Some(of_graph),
            ServedAt::Prefix(prefix) => Some(prefix),
            ServedAt::Nowhere => None,
        }
    }
}

/// What a configuration does not change while the application runs.
#[cfg(feature = "config")]
pub(crate) struct Fixed {
    pub(crate) name: String,
    pub(crate) route_prefix: Option<String>,
    /// As the program binds it.
    pub(crate) bound_prefix: Option<String>,
}

impl<G: Graph> Application<G> {
    /// Sets its name, which is that of its graph by default. The applications of one server have different names.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets the path below which it is served, in place of its graph's `route_prefix`.
    pub fn route_prefix(mut self, route_prefix: impl Into<String>) -> Self {
        self.served_at = ServedAt::Prefix(route_prefix.into());
        self
    }

    /// Its name, or else that of its graph.
    #[cfg(any(feature = "config", feature = "http"))]
    pub(crate) fn name_or_graph(&self) -> &str {
        self.name.as_deref().unwrap_or(G::TOPOLOGY.name)
    }

    /// The path below which it is served, if it is.
    #[cfg(any(feature = "config", feature = "http"))]
    pub(crate) fn prefix(&self) -> Option<&str> {
        self.served_at.below(G::TOPOLOGY.route_prefix)
    }
}

impl<G: Graph> fmt::Debug for Application<G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Application")
            .field(&G::TOPOLOGY.name)
            .finish()
    }
}

/// A type that can be deployed: an [`Application`], or a single deployment as `bind` returns it.
pub trait Deployable {
    /// The handle that callers will hold.
    type Handle;

    #[doc(hidden)]
    fn take_apart(self) -> (Self::Handle, Services);
}

impl<G: Graph> Deployable for Application<G> {
    type Handle = G::Handle;

    #[cfg(feature = "config")]
    fn take_apart(mut self) -> (G::Handle, Services) {
        let bound_at = self.bound_at.as_ref().unwrap_or(&self.served_at);
        let bound_prefix = bound_at.below(G::TOPOLOGY.route_prefix).map(str::to_owned);
        self.services.fixed = Some(Fixed {
            name: self.name_or_graph().to_owned(),
            route_prefix: self.prefix().map(str::to_owned),
            bound_prefix,
        });
        (self.graph.handle(), self.services)
    }

    #[cfg(not(feature = "config"))]
    fn take_apart(self) -> (G::Handle, Services) {
        (self.graph.handle(), self.services)
    }
}

impl<D: Callable> Deployable for Bound<D> {
    type Handle = D::Handle;

    fn take_apart(self) -> (D::Handle, Services) {
        let handle = self.handle(Caller::Holder);
        let mut services = Services::default();
        services.place(0, D::NAME, self);
        (handle, services)
    }
}
