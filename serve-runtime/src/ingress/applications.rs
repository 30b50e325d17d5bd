//! The applications of a server, and what code beside them reaches them by.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::{join_all, try_join_all};

use super::served::{AnyApplication, Served};
use crate::application::{ApplicationControl, Health};
use crate::graph::Graph;
use crate::resources::LazyLedger;
use crate::{Error, Result};

/// The applications of a [`Server`](super::Server), for [routes of your own](super::Server::routes_with) that call them.
///
/// Cheap to clone. It does not keep the applications running.
#[derive(Clone)]
pub struct Applications(Arc<All>);

struct All {
    applications: Vec<Arc<dyn AnyApplication>>,
    is_stopping: AtomicBool,
}

impl Applications {
    pub(crate) fn new(applications: Vec<Arc<dyn AnyApplication>>) -> Self {
        Applications(Arc::new(All {
            applications,
            is_stopping: AtomicBool::new(false),
        }))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Arc<dyn AnyApplication>> {
        self.0.applications.iter()
    }

    /// The names of the applications.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.iter().map(|application| application.name())
    }

    /// The application of that name, which runs the graph `G`. It may be asked for before the application runs.
    ///
    /// # Errors
    ///
    /// If no application has that name, or it runs another graph.
    pub fn handle<G: Graph>(&self, name: &str) -> Result<ApplicationHandle<G>> {
        let mut all = self.iter();
        let found = all.find(|application| application.name() == name);
        let found = found.ok_or_else(|| {
            let names: Vec<_> = self.names().collect();
            let names = names.join("`, `");
            Error::invalid_input(format!(
                "no application is named `{name}`; there are `{names}`"
            ))
        })?;
        let graph = found.topology().name;
        let served = Arc::clone(found).into_any().downcast::<Served<G>>();
        let served = served.map_err(|_| {
            let wanted = G::TOPOLOGY.name;
            Error::invalid_input(format!(
                "application `{name}` runs the graph `{graph}`, not `{wanted}`"
            ))
        })?;
        Ok(ApplicationHandle(served))
    }

    /// Fails if names or routes are not unique.
    pub(super) fn check(&self) -> Result<()> {
        let mut before: Vec<&Arc<dyn AnyApplication>> = Vec::new();
        for application in self.iter() {
            application.check()?;
            let name = application.name();
            for other in &before {
                if other.name() == name {
                    return Err(Error::invalid_input(format!(
                        "two applications are named `{name}`\nhelp: give one of them another name: `.name(\"..\")`"
                    )));
                }
                let mut routes = application.routes().iter();
                if let Some(route) = routes.find(|route| other.routes().contains(route)) {
                    let other = other.name();
                    return Err(Error::invalid_input(format!(
                        "the applications `{other}` and `{name}` are both served at `{route}`\nhelp: give one of them another route prefix: `.route_prefix(\"/{name}\")`"
                    )));
                }
            }
            before.push(application);
        }
        Ok(())
    }

    /// Starts all of them side by side.
    pub(super) async fn deploy(&self, ledger: &LazyLedger) -> Result<()> {
        let several = self.0.applications.len() > 1;
        let starts = self.iter().map(|application| async move {
            let started = application.deploy(ledger.clone()).await;
            match started {
                Err(error) if several => Err(of(application.name(), &error)),
                started => started,
            }
        });
        try_join_all(starts).await.map(drop)
    }

    /// From now on they get no more requests soon. Until then they are served.
    pub(super) fn stopping(&self) {
        self.0.is_stopping.store(true, Ordering::Relaxed);
    }

    /// Whether requests can be served, and if not, why.
    pub(super) fn health(&self) -> Result<Health> {
        if self.0.is_stopping.load(Ordering::Relaxed) {
            return Err(Error::unavailable("stopping"));
        }
        if let [application] = &self.0.applications[..] {
            return application.health();
        }
        let mut unhealthy = Vec::new();
        for application in self.iter() {
            let name = application.name();
            match application.health().map_err(|error| of(name, &error))? {
                Health::Ok => {}
                Health::Degraded(deployments) => {
                    let deployments = deployments.into_iter();
                    unhealthy.extend(deployments.map(|it| format!("{name}: {it}")));
                }
            }
        }
        Ok(match unhealthy.is_empty() {
            true => Health::Ok,
            false => Health::Degraded(unhealthy),
        })
    }

    /// Answers the requests of all of them and stops them.
    pub(super) async fn shutdown(&self) {
        join_all(self.iter().map(|application| application.shutdown())).await;
    }
}

/// The error of one application among several.
fn of(name: &str, error: &Error) -> Error {
    Error::new(error.kind(), format!("application `{name}`: {error}"))
}

impl fmt::Debug for Applications {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}

/// An application of a [`Server`](super::Server): [`Applications::handle`] returns it.
pub struct ApplicationHandle<G: Graph>(Arc<Served<G>>);

impl<G: Graph> ApplicationHandle<G> {
    /// The handle of the application that runs now.
    ///
    /// # Errors
    ///
    /// [`Unavailable`](crate::ErrorKind::Unavailable) until its replicas are ready: over HTTP 503.
    pub fn get(&self) -> Result<G::Handle> {
        self.0.handle().cloned()
    }

    /// Its control: its status, its health, its options.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get), and once it has been shut down.
    pub fn control(&self) -> Result<ApplicationControl> {
        self.0.control()
    }
}

impl<G: Graph> Clone for ApplicationHandle<G> {
    fn clone(&self) -> Self {
        ApplicationHandle(Arc::clone(&self.0))
    }
}

impl<G: Graph> fmt::Debug for ApplicationHandle<G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ApplicationHandle")
            .field(&G::TOPOLOGY.name)
            .finish()
    }
}
