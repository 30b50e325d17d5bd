//! The state of the served application, from binding the port until the end.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{OnceLock, PoisonError, RwLock};

#[cfg(feature = "config")]
use futures_util::future::BoxFuture;

use crate::application::{Deployed, Health};
#[cfg(feature = "config")]
use crate::config::Config;
use crate::graph::Graph;
use crate::{Error, Result};

/// An application that is starting, running, or shutting down.
pub(super) struct State<G: Graph> {
    handle: OnceLock<G::Handle>,
    deployed: RwLock<Option<Deployed<G::Handle>>>,
    is_stopping: AtomicBool,
}

impl<G: Graph> State<G> {
    pub(super) fn starting() -> Self {
        State {
            handle: OnceLock::new(),
            deployed: RwLock::new(None),
            is_stopping: AtomicBool::new(false),
        }
    }

    /// Marks the application as running: from here on requests are served.
    pub(super) fn ready(&self, deployed: Deployed<G::Handle>) {
        let _ = self.handle.set(Deployed::handle(&deployed).clone());
        *self
            .deployed
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Some(deployed);
    }

    /// Marks the application as one that gets no more requests soon. Until then they are served.
    pub(super) fn stopping(&self) {
        self.is_stopping.store(true, Ordering::Relaxed);
    }

    /// The handle to the graph.
    pub(super) fn handle(&self) -> Result<&G::Handle> {
        self.handle.get().ok_or_else(starting)
    }

    /// Whether requests can be served, and if not, why.
    pub(super) fn health(&self) -> Result<Health> {
        if self.is_stopping.load(Ordering::Relaxed) {
            return Err(Error::unavailable("stopping"));
        }
        match &*self.deployed.read().unwrap_or_else(PoisonError::into_inner) {
            Some(deployed) => Deployed::control(deployed).health(),
            None => Err(starting()),
        }
    }

    /// Changes the options of the running application. Fails if they are wrong, or if it does not run.
    #[cfg(feature = "config")]
    pub(super) fn configure(&self, config: &Config) -> Result<BoxFuture<'static, Result<()>>> {
        match &*self.deployed.read().unwrap_or_else(PoisonError::into_inner) {
            Some(deployed) => Deployed::control(deployed).services()?.change(config),
            None => Err(starting()),
        }
    }

    /// Takes the application, to shut it down.
    pub(super) fn take(&self) -> Option<Deployed<G::Handle>> {
        let mut deployed = self
            .deployed
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        deployed.take()
    }
}

fn starting() -> Error {
    Error::unavailable("the replicas are not ready")
}
