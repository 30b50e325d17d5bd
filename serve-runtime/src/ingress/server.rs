//! The server's life: bind, start the replicas, serve, drain, stop.

use std::fmt;
use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use axum::serve::ListenerExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::admission::Admission;
use super::offload::Offload;
use super::state::State;
use super::{connections, management, request_id, shutdown};
use crate::application::{Application, Deployed, deploy_within};
use crate::graph::Graph;
use crate::ingress::handler::Service;
use crate::ingress::router::{Routes, Serve};
use crate::resources::Ledger;
use crate::{Error, ErrorKind, Result};

/// Where and how to serve.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ServerOptions {
    /// The address to listen on; 127.0.0.1 by default.
    pub host: IpAddr,
    /// The port to listen on, 0 for any that is free; 8000 by default.
    pub port: u16,
    /// The largest body that is taken, in bytes; 10 MiB by default.
    pub max_body_bytes: usize,
    /// How many requests may be in flight, at least 1; the next one is answered with 503. 1,000 by default.
    pub max_ongoing_requests: usize,
    /// How long requests in flight may take once the server is told to stop; 20 s by default.
    pub graceful_shutdown_timeout: Duration,
}

impl Default for ServerOptions {
    fn default() -> Self {
        ServerOptions {
            host: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 8000,
            max_body_bytes: 10 * 1024 * 1024,
            max_ongoing_requests: 1000,
            graceful_shutdown_timeout: Duration::from_secs(20),
        }
    }
}

impl ServerOptions {
    /// The defaults, to set more of them.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with this address.
    #[must_use]
    pub fn host(mut self, host: impl Into<IpAddr>) -> Self {
        self.host = host.into();
        self
    }

    /// The same with this port.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// The same with bodies up to this size.
    #[must_use]
    pub fn max_body_bytes(mut self, max_body_bytes: usize) -> Self {
        self.max_body_bytes = max_body_bytes;
        self
    }

    /// The same with so many requests in flight.
    #[must_use]
    pub fn max_ongoing_requests(mut self, max_ongoing_requests: usize) -> Self {
        self.max_ongoing_requests = max_ongoing_requests;
        self
    }

    /// The same with so long a time to stop in.
    #[must_use]
    pub fn graceful_shutdown_timeout(mut self, graceful_shutdown_timeout: Duration) -> Self {
        self.graceful_shutdown_timeout = graceful_shutdown_timeout;
        self
    }
}

/// Serves an application over HTTP.
#[must_use = "a server does nothing until it is run"]
pub struct Server<G: Graph> {
    application: Application<G>,
    options: ServerOptions,
    ledger: Option<Ledger>,
    routes: Router,
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
    /// A server with default options.
    pub fn new(application: Application<G>) -> Self {
        Server {
            application,
            options: ServerOptions::default(),
            ledger: None,
            routes: Router::new(),
            on_ready: Box::new(|_| {}),
            #[cfg(feature = "config")]
            reload: None,
        }
    }

    /// Where and how to serve.
    pub fn options(mut self, options: ServerOptions) -> Self {
        self.options = options;
        self
    }

    /// What replicas may take, as of [`deploy_on`](crate::deploy_on); without it, what
    /// [`Machine::detect`](crate::Machine::detect) finds.
    pub fn machine(mut self, machine: impl Into<Ledger>) -> Self {
        self.ledger = Some(machine.into());
        self
    }

    /// Adds routes of your own, to serve beside the graph and those that were added before. They must not overlap
    /// with those, with the graph's, nor with `/-/`.
    ///
    /// The router is one of [axum](crate::axum)'s.
    pub fn routes(mut self, routes: Router) -> Self {
        self.routes = self.routes.merge(routes);
        self
    }

    /// What to do once every replica is ready; it is told the address that is listened on.
    pub fn on_ready(mut self, on_ready: impl FnOnce(SocketAddr) + Send + 'static) -> Self {
        self.on_ready = Box::new(on_ready);
        self
    }

    /// Where to get the options from that SIGHUP applies, as
    /// [`ApplicationControl::configure`](crate::ApplicationControl::configure); the log says what came of it. Without it, SIGHUP ends
    /// the process, as ever.
    #[cfg(feature = "config")]
    pub fn on_hangup(
        mut self,
        read: impl Fn() -> Result<crate::config::Config> + Send + Sync + 'static,
    ) -> Self {
        self.reload = Some(Box::new(read));
        self
    }

    /// Serves until SIGINT or SIGTERM, then accepts no more, answers the requests that are in flight, and returns.
    /// A second signal ends the process at once.
    ///
    /// # Errors
    ///
    /// If the address cannot be listened on, or a replica cannot be started.
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
        check_limits(&self.options)?;
        let timeout = self.options.graceful_shutdown_timeout;
        let listener = listen(&self.options).await?;
        let address = listener.local_addr()?;
        let state = Arc::new(State::<G>::starting());
        let (cut_off, is_cut_off) = watch::channel(false);
        let router = router(&state, &self.options, is_cut_off, self.routes);
        let (stopping, mut stopped) = watch::channel(false);
        let serving = connections::serve(listener.tap_io(send_at_once), router, async move {
            // An error means that the sender is gone: it is time to stop then, too.
            let _ = stopped.wait_for(|stopped| *stopped).await;
        });
        let mut servers = JoinSet::new(); // ends them when dropped
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
            tracing::info!("stopping: answering the requests that are in flight");
        }
        #[cfg(feature = "config")]
        drop(reloads);
        let _ = stopping.send(true);
        let drained = drain(servers, state.take(), timeout).await;
        let _ = cut_off.send(true);
        drained
    }
}

/// Answers are small and written whole: waiting to fill a packet would only delay them.
fn send_at_once(connection: &mut TcpStream) {
    if let Err(error) = connection.set_nodelay(true) {
        tracing::debug!(%error, "cannot set TCP_NODELAY");
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

/// None at all would be a server that refuses whatever comes.
fn check_limits(options: &ServerOptions) -> Result<()> {
    match options.max_ongoing_requests {
        0 => Err(Error::invalid_input(
            "`max_ongoing_requests` must be a whole number of at least 1, but is 0",
        )),
        _ => Ok(()),
    }
}

fn router<G>(
    state: &Arc<State<G>>,
    options: &ServerOptions,
    cut_off: watch::Receiver<bool>,
    routes: Router,
) -> Router
where
    G: Serve,
{
    let service = Arc::new(Service {
        state: Arc::clone(state),
        admission: Admission::new(options.max_ongoing_requests),
        max_body_bytes: options.max_body_bytes,
        offload: Offload::new(),
        cut_off,
    });
    let graph = G::Entries::add_to(Router::new());
    let management = Router::new()
        .route("/-/healthz", get(management::healthz::<G>))
        .with_state(Arc::clone(state))
        .route("/-/routes", get(management::routes::<G>))
        .route("/-/openapi.json", get(management::openapi::<G>));
    graph
        .with_state(service)
        .merge(management)
        .merge(routes)
        .method_not_allowed_fallback(management::wrong_management_method)
        .fallback(management::not_found::<G>)
        .layer(axum::middleware::from_fn(request_id::assign))
}

/// Waits for connections and calls to end, but not for ever.
async fn drain<H>(
    mut servers: JoinSet<()>,
    deployed: Option<Deployed<H>>,
    timeout: Duration,
) -> Result<()> {
    let ended = tokio::time::timeout(timeout, async {
        let served = servers.join_next().await;
        if let Some(deployed) = deployed {
            Deployed::shutdown(deployed).await;
        }
        served
    });
    match ended.await {
        Ok(Some(Err(error))) => Err(Error::unavailable(error)),
        Ok(_) => Ok(()),
        Err(_) => {
            tracing::warn!(
                ?timeout,
                "stopped with requests in flight: their time was up"
            );
            Ok(())
        }
    }
}
