//! The life of the server: bind, start the replicas, serve, drain, stop.

use std::fmt;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinSet;

use super::admission::Admission;
use super::body::Bodies;
use super::clients::Clients;
use super::connections::Connections;
use super::cut_off::{CutOff, GiveUp, cut_off};
use super::floats::Floats;
use super::offload::Offload;
use super::options::ServerOptions;
use super::paths::Paths;
use super::receiving::Receiving;
use super::state::State;
use super::{management, read_on, request_id, shutdown};
use crate::application::{Application, Deployed, deploy_within};
use crate::graph::Graph;
use crate::ingress::handler::Service;
use crate::ingress::router::{Routes, Serve};
use crate::panics::unwound;
use crate::resources::Ledger;
use crate::{Error, ErrorKind, Result};

/// How long the clients of requests that are given up may take to receive that they are.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Serves an application over HTTP.
#[must_use = "a server does nothing until it is run"]
pub struct Server<G: Graph> {
    application: Application<G>,
    options: ServerOptions,
    ledger: Option<Ledger>,
    routes: Vec<Router>,
    on_ready: Box<dyn FnOnce(SocketAddr) + Send>,
    #[cfg(feature = "config")]
    reload: Option<super::reload::Read>,
}

impl<G: Graph> fmt::Debug for Server<G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("application", &self.application)
            .field("options", &self.options)
            .field("routes", &self.routes)
            .finish_non_exhaustive()
    }
}

impl<G> Server<G>
where
    G: Serve,
{
    /// A server of `application` with default options.
    pub fn new(application: Application<G>) -> Self {
        Server {
            application,
            options: ServerOptions::default(),
            ledger: None,
            routes: Vec::new(),
            on_ready: Box::new(|_| {}),
            #[cfg(feature = "config")]
            reload: None,
        }
    }

    /// Sets the options.
    pub fn options(mut self, options: ServerOptions) -> Self {
        self.options = options;
        self
    }

    /// Sets the resources that replicas may take, as [`deploy_on`](crate::deploy_on) does; by default, the machine that
    /// [`Machine::detect`](crate::Machine::detect) returns.
    pub fn machine(mut self, machine: impl Into<Ledger>) -> Self {
        self.ledger = Some(machine.into());
        self
    }

    /// Adds routes of your own, to serve beside the graph and the routes added before. [`Server::run`] fails if they overlap
    /// with any of those, or with `/-/`.
    ///
    /// The router is an [axum](crate::axum) one. One of them may have a fallback, which answers where nothing else is served.
    /// An empty 404 or 405 of theirs gets the body that the server's own have.
    pub fn routes(mut self, routes: Router) -> Self {
        self.routes.push(routes);
        self
    }

    /// Sets what to do once every replica is ready; it gets the address that the server listens on.
    pub fn on_ready(mut self, on_ready: impl FnOnce(SocketAddr) + Send + 'static) -> Self {
        self.on_ready = Box::new(on_ready);
        self
    }

    /// Sets where to read the options that SIGHUP applies, as
    /// [`ApplicationControl::configure`](crate::ApplicationControl::configure); the result is logged. By default, SIGHUP
    /// ends the process.
    #[cfg(feature = "config")]
    pub fn on_hangup(
        mut self,
        read: impl Fn() -> Result<crate::config::Config> + Send + Sync + 'static,
    ) -> Self {
        self.reload = Some(Box::new(read));
        self
    }

    /// Serves until SIGINT or SIGTERM. Then it accepts no new requests, answers the requests in flight, and returns.
    /// A second signal ends the process at once.
    ///
    /// # Errors
    ///
    /// If the address cannot be listened on, a replica cannot be started, or [routes](Server::routes) overlap.
    pub async fn run(self) -> Result<()> {
        let stop = shutdown::requested()?;
        self.run_until(stop).await
    }

    /// Like [`Server::run`], but until `stop` resolves.
    ///
    /// # Errors
    ///
    /// As [`Server::run`].
    pub async fn run_until(self, stop: impl Future<Output = ()> + Send + 'static) -> Result<()> {
        let options = self.options;
        options.check()?;
        let state = Arc::new(State::<G>::starting());
        let (give_up, is_cut_off) = cut_off();
        let clients = Arc::default();
        let router = router(&state, &options, is_cut_off, &clients, self.routes)?;
        let listener = listen(&options).await?;
        let address = listener.local_addr()?;
        let (stopping, mut stopped) = watch::channel(false);
        let connections = Connections {
            router,
            paths: Paths::of::<G>(),
            clients,
            max_connections: options.max_connections,
            min_data_rate: options.min_data_rate,
        };
        let serving = connections.serve(listener, async move {
            // An error means that the sender is gone: the server should stop then as well.
            let _ = stopped.wait_for(|stopped| *stopped).await;
        });
        let mut servers = JoinSet::new(); // aborts them when dropped
        servers.spawn(serving);

        #[cfg(feature = "config")]
        let mut reloads = JoinSet::new();
        #[cfg(feature = "config")]
        if let Some(read) = self.reload {
            reloads.spawn(super::reload::on_hangup(read, Arc::clone(&state))?);
        }

        let mut stop = std::pin::pin!(stop);
        let started = tokio::select! {
            deployed = deploy_within(self.ledger, self.application) => Some(deployed?),
            () = &mut stop => None,
        };
        if let Some(deployed) = started {
            state.ready(deployed);
            tracing::info!(%address, graph = G::TOPOLOGY.name, "ready");
            (self.on_ready)(address);
            stop.await;
            state.stopping();
            if !options.shutdown_delay.is_zero() {
                let delay = options.shutdown_delay;
                tracing::info!(?delay, "stopping: no longer healthy");
                tokio::time::sleep(delay).await;
            }
            tracing::info!("stopping: waiting for the requests in flight");
        }
        #[cfg(feature = "config")]
        drop(reloads);
        let _ = stopping.send(true);
        let timeout = options.graceful_shutdown_timeout;
        drain(servers, state.take(), timeout, &give_up).await
    }
}

async fn listen(options: &ServerOptions) -> Result<TcpListener> {
    let address = SocketAddr::new(options.host, options.port);
    TcpListener::bind(address).await.map_err(|error| {
        Error::new(
            ErrorKind::InvalidInput,
            format!("cannot listen on {address}: {error}; choose another --host or --port"),
        )
    })
}

fn router<G>(
    state: &Arc<State<G>>,
    options: &ServerOptions,
    cut_off: CutOff,
    clients: &Arc<Clients>,
    routes: Vec<Router>,
) -> Result<Router>
where
    G: Serve,
{
    let floats = Floats::new(options.refuse_non_finite);
    let service = Arc::new(Service {
        state: Arc::clone(state),
        admission: Admission::new(options.max_ongoing_requests, Arc::clone(clients)),
        bodies: Bodies {
            max_bytes: options.max_body_bytes,
            receiving: Receiving::new(options.max_ongoing_requests, options.max_body_bytes),
            timeout: options.transfer_timeout,
            min_data_rate: options.min_data_rate,
        },
        transfer_timeout: options.transfer_timeout,
        stream_head_timeout: options.stream_head_timeout,
        offload: Offload::new(),
        floats,
        cut_off: cut_off.clone(),
    });
    let graph = G::Entries::add_to(Router::new().without_v07_checks());
    let management = Router::new()
        .route("/-/livez", get(management::livez))
        .route("/-/healthz", get(management::healthz::<G>))
        .with_state(Arc::clone(state))
        .route("/-/routes", get(management::routes::<G>))
        .route(
            "/-/openapi.json",
            get(move || management::openapi::<G>(floats)),
        );
    let mut all = graph.with_state(service).merge(management);
    for more in routes {
        all = merged(all, more)?;
    }
    Ok(all
        .layer(axum::middleware::from_fn_with_state(
            cut_off,
            request_id::assign,
        ))
        .layer(axum::middleware::map_request(read_on::to_the_end)))
}

/// axum panics if both routers have the same path and method, or a fallback.
fn merged(routes: Router, more: Router) -> Result<Router> {
    unwound(|| routes.merge(more)).map_err(|payload| {
        let panic = Error::panicked(payload);
        Error::invalid_input(format!(
            "these routes cannot be served together: {}",
            panic.message().trim_start_matches("panicked: ")
        ))
    })
}

/// Waits for connections and calls to end, up to the timeout. Then they are given up.
async fn drain<H>(
    mut servers: JoinSet<()>,
    deployed: Option<Deployed<H>>,
    timeout: Duration,
    give_up: &GiveUp,
) -> Result<()> {
    let (closed, connections) = oneshot::channel();
    let mut ended = std::pin::pin!(async {
        let served = servers.join_next().await;
        let _ = closed.send(());
        if let Some(deployed) = deployed {
            Deployed::shutdown(deployed).await;
        }
        served
    });
    if let Ok(ended) = tokio::time::timeout(timeout, ended.as_mut()).await {
        return match ended {
            Some(Err(error)) => Err(Error::unavailable(error)),
            _ => Ok(()),
        };
    }
    tracing::warn!(
        ?timeout,
        "stopped with requests in flight: they exceeded the shutdown timeout"
    );
    // Before the replicas are dropped: what fails with them is given up, and did not fail by itself.
    give_up.now();
    // The process may end as soon as this returns.
    let _ = tokio::time::timeout(LAST_WORDS, async {
        tokio::select! {
            _ = ended => {}
            _ = connections => {}
        }
    })
    .await;
    Ok(())
}
