//! The applications of a server that runs.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;

use arc_swap::ArcSwap;
use axum::Router;
use axum::extract::Request;
use axum::routing::future::RouteFuture;
use futures_util::future::{join_all, try_join_all};
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tower_service::Service;

use super::handle::Applications;
#[cfg(feature = "config")]
use super::program::AnyProgram;
use super::served::AnyApplication;
use super::snapshot::{Placed, Snapshot, merged};
use super::status::{Phase, Phases};
use crate::application::Health;
#[cfg(feature = "config")]
use crate::config::Config;
#[cfg(feature = "control")]
use crate::config::stored::Store;
use crate::ingress::serving::Serving;
use crate::resources::LazyLedger;
use crate::util::lock;
use crate::{Error, Result};

/// The applications of a server, and all that is needed to change which they are.
pub(crate) struct Hosting {
    now: ArcSwap<Snapshot>,
    pub(super) phases: Phases,
    /// Held by the change that is made.
    pub(super) turn: Arc<tokio::sync::Mutex<()>>,
    /// The changes that are made or wait for that.
    changes: Tasks,
    /// Applications that answer their last requests.
    retiring: Tasks,
    pub(super) ledger: LazyLedger,
    pub(crate) serving: Arc<Serving>,
    /// How long an application that is replaced or deleted may take to answer its last requests.
    pub(super) graceful_shutdown_timeout: Duration,
    /// The user's routes.
    own: OnceLock<Router>,
    /// Where the server listens.
    pub(super) served_at: OnceLock<SocketAddr>,
    /// The graphs that a configuration may name.
    #[cfg(feature = "config")]
    pub(super) programs: Vec<Arc<dyn AnyProgram>>,
    /// The last configuration that was accepted.
    #[cfg(feature = "config")]
    accepted: Mutex<Option<Config>>,
    #[cfg(feature = "control")]
    store: OnceLock<Arc<Store>>,
    is_stopping: AtomicBool,
}

/// Makes routes of the user's.
pub(crate) type MakeRoutes = Box<dyn FnOnce(&Applications) -> Result<Router> + Send>;

impl Hosting {
    /// Hosts applications, which are served from now on: with 503 until they are [started](Self::start).
    ///
    /// # Errors
    ///
    /// If names or routes are not unique.
    pub(crate) fn new(
        applications: Vec<Arc<dyn AnyApplication>>,
        #[cfg(feature = "config")] programs: Vec<Arc<dyn AnyProgram>>,
        serving: Arc<Serving>,
        ledger: LazyLedger,
        graceful_shutdown_timeout: Duration,
    ) -> Result<Arc<Self>> {
        let placed: Vec<Placed> = applications.into_iter().map(Placed::new).collect();
        let first = Snapshot::new(placed, &Router::new(), &serving)?;
        let phases = Phases::default();
        for placed in &first.applications {
            phases.set(&*placed.application, Phase::Deploying);
        }
        Ok(Arc::new(Hosting {
            now: ArcSwap::from_pointee(first),
            phases,
            turn: Arc::default(),
            changes: Tasks::default(),
            retiring: Tasks::default(),
            ledger,
            serving,
            graceful_shutdown_timeout,
            own: OnceLock::new(),
            served_at: OnceLock::new(),
            #[cfg(feature = "config")]
            programs,
            #[cfg(feature = "config")]
            accepted: Mutex::default(),
            #[cfg(feature = "control")]
            store: OnceLock::new(),
            is_stopping: AtomicBool::new(false),
        }))
    }

    /// Adds the user's routes, once, before anything is served.
    ///
    /// # Errors
    ///
    /// If they cannot be made, or overlap with others; `reserved` are the server's own.
    pub(crate) fn add_routes(
        self: &Arc<Self>,
        routes: Vec<MakeRoutes>,
        reserved: &Router,
    ) -> Result<()> {
        let applications = Applications::of(self);
        let mut own = Router::new().without_v07_checks();
        for make in routes {
            own = merged(own, make(&applications)?)?;
        }
        let _ = merged(reserved.clone(), own.clone())?;
        let now = self.now();
        let next = Snapshot::new(now.applications.clone(), &own, &self.serving)?;
        let _ = self.own.set(own);
        self.now.store(Arc::new(next));
        Ok(())
    }

    /// What is served now.
    pub(crate) fn now(&self) -> Arc<Snapshot> {
        self.now.load_full()
    }

    /// What is served next, and nothing of it yet.
    ///
    /// # Errors
    ///
    /// If names or routes are not unique.
    pub(super) fn with(&self, applications: Vec<Placed>) -> Result<Snapshot> {
        match self.own.get() {
            Some(own) => Snapshot::new(applications, own, &self.serving),
            None => Snapshot::new(applications, &Router::new(), &self.serving),
        }
    }

    /// Serves the next from now on. Returns what was served before.
    pub(super) fn replace(&self, next: Snapshot) -> Arc<Snapshot> {
        self.now.swap(Arc::new(next))
    }

    /// Each application.
    pub(crate) fn applications(&self) -> Vec<Arc<dyn AnyApplication>> {
        let now = self.now();
        let applications = now.applications.iter();
        applications
            .map(|placed| Arc::clone(&placed.application))
            .collect()
    }

    /// Starts all of them side by side. Changes wait for that: one that is deleted meanwhile would start all the same.
    pub(crate) async fn start(&self) -> Result<()> {
        let _turn = self.turn.lock().await;
        let applications = self.applications();
        let several = applications.len() > 1;
        let starts = applications.iter().map(|application| async move {
            let started = application.deploy(self.ledger.clone()).await;
            match started {
                Ok(()) => {
                    self.phases.set(&**application, Phase::Running);
                    Ok(())
                }
                Err(error) if several => Err(of(application.name(), &error)),
                Err(error) => Err(error),
            }
        });
        try_join_all(starts).await.map(drop)
    }

    /// Keeps what is accepted there from now on.
    #[cfg(feature = "control")]
    pub(crate) fn keep_in(&self, store: Option<Arc<Store>>) {
        if let Some(store) = store {
            let _ = self.store.set(store);
        }
    }

    /// Remembers a configuration that is brought into force.
    #[cfg(feature = "config")]
    pub(crate) fn accept(&self, config: Config) {
        *lock(&self.accepted) = Some(config);
    }

    /// Keeps the configuration on disk, now that all of it is in force: another one would fail again at the next start.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    #[cfg(feature = "config")]
    pub(crate) async fn keep(&self) -> Result<()> {
        #[cfg(feature = "control")]
        if let (Some(store), Some(config)) = (self.store.get().cloned(), self.accepted()) {
            let written = tokio::task::spawn_blocking(move || store.write(&config)).await;
            written
                .unwrap_or_else(|_| Err(Error::unavailable("the runtime has been shut down")))?;
        }
        Ok(())
    }

    /// The configuration in force, if one was accepted.
    #[cfg(feature = "control")]
    pub(super) fn accepted(&self) -> Option<Config> {
        lock(&self.accepted).clone()
    }

    /// The server listens there.
    pub(crate) fn listens(&self, address: SocketAddr) {
        let _ = self.served_at.set(address);
    }

    /// From now on they get no more requests soon. Until then they are served.
    pub(crate) fn stopping(&self) {
        self.is_stopping.store(true, Ordering::Relaxed);
    }

    /// Whether requests can be served, and if not, why.
    pub(crate) fn health(&self) -> Result<Health> {
        if self.is_stopping.load(Ordering::Relaxed) {
            return Err(Error::unavailable("stopping"));
        }
        let applications = self.applications();
        if let [application] = &applications[..] {
            return application.health();
        }
        let mut unhealthy = Vec::new();
        for application in applications {
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

    /// Answers the requests of all of them, also of those that have been replaced, and stops them. Changes that are made
    /// are given up.
    pub(crate) async fn shutdown(&self) {
        self.changes.take().shutdown().await;
        let applications = self.applications();
        let ends = applications
            .iter()
            .map(|application| application.shutdown());
        join_all(ends).await;
        let mut retiring = self.retiring.take();
        while retiring.join_next().await.is_some() {}
    }

    /// Makes a change, also if the caller does not wait for it.
    pub(super) fn change<F>(&self, change: F) -> impl Future<Output = Result<()>> + Send + use<F>
    where
        F: Future<Output = Result<()>> + Send + 'static,
    {
        let (done, is_done) = oneshot::channel();
        self.changes.spawn(async move {
            let _ = done.send(change.await);
        });
        async move {
            let stopped = |_| Err(Error::unavailable("the server stops"));
            is_done.await.unwrap_or_else(stopped)
        }
    }

    /// Has an application answer its last requests.
    pub(super) fn retire(&self, last: impl Future<Output = ()> + Send + 'static) {
        self.retiring.spawn(last);
    }
}

/// Tasks that end when they are dropped.
#[derive(Default)]
struct Tasks(Mutex<JoinSet<()>>);

impl Tasks {
    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = lock(&self.0);
        while tasks.try_join_next().is_some() {}
        tasks.spawn(task);
    }

    fn take(&self) -> JoinSet<()> {
        std::mem::take(&mut *lock(&self.0))
    }
}

/// The error of one application among several.
pub(super) fn of(name: &str, error: &Error) -> Error {
    Error::new(error.kind(), format!("application `{name}`: {error}"))
}

/// Ends what goes on beside the server when the server ends, however that happens.
pub(crate) struct Stop(pub(crate) Arc<Hosting>);

impl Drop for Stop {
    fn drop(&mut self) {
        drop((self.0.changes.take(), self.0.retiring.take()));
        self.0.applications().iter().for_each(|it| it.abandon());
    }
}

/// Passes requests to what is served now.
#[derive(Clone)]
pub(crate) struct Dispatch(pub(crate) Arc<Hosting>);

impl Service<Request> for Dispatch {
    type Response = axum::response::Response;
    type Error = Infallible;
    type Future = RouteFuture<Infallible>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        self.0.now().router.clone().call(request)
    }
}
