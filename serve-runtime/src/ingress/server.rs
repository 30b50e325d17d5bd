//! The life of the server: bind, start the replicas, serve, drain, stop.

use std::fmt;
use std::future::Future;
use std::net::SocketAddr;
#[cfg(feature = "control")]
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::response::IntoResponse;
use axum::routing::Route;
use tokio::net::TcpListener;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinSet;
use tower_layer::Layer;
use tower_service::Service;

#[cfg(feature = "config")]
use super::applications::configure::apply;
#[cfg(feature = "config")]
use super::applications::program::{AnyProgram, Program};
use super::applications::served::{AnyApplication, Served};
use super::applications::{Applications, Dispatch, Hosting, MakeRoutes, Stop};
use super::clients::Clients;
use super::connections::Connections;
#[cfg(feature = "control")]
use super::control_plane;
use super::cut_off::{CutOff, GiveUp, cut_off};
use super::options::ServerOptions;
use super::router::Serve;
use super::serving::Serving;
use super::{management, read_on, request_id, shutdown};
use crate::application::Application;
#[cfg(feature = "config")]
use crate::config::Config;
#[cfg(feature = "control")]
use crate::config::stored::Store;
#[cfg(feature = "control")]
use crate::control_plane::ControlPlane;
use crate::resources::{LazyLedger, Ledger};
use crate::{Error, ErrorKind, Result};

/// How long the clients of requests that are given up may take to receive that they are.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Serves applications over HTTP.
///
/// ```no_run
/// use serve_runtime::ingress::Server;
/// use serve_runtime::prelude::*;
///
/// #[deployment]
/// async fn greet(name: String) -> String {
///     format!("hello, {name}")
/// }
///
/// #[graph]
/// fn hello() -> String {
///     input(|name: String| greet(name))
/// }
///
/// #[deployment]
/// async fn double(number: u32) -> u32 {
///     number * 2
/// }
///
/// #[graph]
/// fn twice() -> u32 {
///     input(|number: u32| double(number))
/// }
///
/// # #[tokio::main]
/// # async fn main() -> Result<()> {
/// Server::new()
///     .application(hello())
///     .application(twice().route_prefix("/twice"))
///     .run()
///     .await
/// # }
/// ```
#[must_use = "a server does nothing until it is run"]
pub struct Server {
    pub(crate) applications: Vec<Arc<dyn AnyApplication>>,
    #[cfg(feature = "config")]
    pub(crate) programs: Vec<Arc<dyn AnyProgram>>,
    pub(crate) options: ServerOptions,
    ledger: Option<Ledger>,
    listener: Option<std::net::TcpListener>,
    routes: Vec<MakeRoutes>,
    layers: Vec<AddLayer>,
    pub(crate) on_ready: Option<OnReady>,
    /// The configuration that it starts with.
    #[cfg(feature = "config")]
    accepted: Option<Config>,
    #[cfg(feature = "control")]
    pub(crate) store: Option<Arc<Store>>,
    #[cfg(feature = "control")]
    pub(crate) control: Option<ControlPlane>,
    #[cfg(feature = "cli")]
    pub(crate) version: Option<String>,
    #[cfg(feature = "config")]
    reload: Option<super::reload::Read>,
}

type AddLayer = Box<dyn FnOnce(Router) -> Router + Send>;
pub(crate) type OnReady = Box<dyn FnOnce(SocketAddr) + Send>;

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.applications.iter().map(|it| it.name().to_owned());
        f.debug_struct("Server")
            .field("applications", &names.collect::<Vec<_>>())
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

impl Default for Server {
    fn default() -> Self {
        Server::new()
    }
}

impl Server {
    /// A server without applications, with default options.
    pub fn new() -> Self {
        Server {
            applications: Vec::new(),
            #[cfg(feature = "config")]
            programs: Vec::new(),
            options: ServerOptions::default(),
            ledger: None,
            listener: None,
            routes: Vec::new(),
            layers: Vec::new(),
            on_ready: None,
            #[cfg(feature = "config")]
            accepted: None,
            #[cfg(feature = "control")]
            store: None,
            #[cfg(feature = "control")]
            control: None,
            #[cfg(feature = "cli")]
            version: None,
            #[cfg(feature = "config")]
            reload: None,
        }
    }

    /// Adds an application, which is deployed when the server runs. All applications share the machine.
    ///
    /// It has the name of its graph, and is served below the graph's `route_prefix`, unless
    /// [`Application::name`] and [`Application::route_prefix`] say otherwise.
    pub fn application<G: Serve>(mut self, application: Application<G>) -> Self {
        self.applications.push(Arc::new(Served::new(application)));
        #[cfg(feature = "config")]
        let this = self.graph::<G>();
        #[cfg(not(feature = "config"))]
        let this = self;
        this
    }

    /// Adds a graph of which a [configuration](crate::config) may deploy applications, by its name and with `args` for its
    /// function. The graphs of applications are known already.
    ///
    /// A parameter of the function can be given in a file if its type is [`serde::Deserialize`].
    #[cfg(feature = "config")]
    pub fn graph<G: Serve>(mut self) -> Self {
        let program = Program::<G>::new();
        let is_known = |it: &Arc<dyn AnyProgram>| it.graph() == program.graph();
        if !self.programs.iter().any(is_known) {
            self.programs.push(Arc::new(program));
        }
        self
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

    /// Adds routes of your own, to serve beside the graphs and the routes added before. [`Server::run`] fails if they overlap
    /// with any of those, or with `/-/`.
    ///
    /// The router is an [axum](crate::axum) one. One of them may have a fallback, which answers where nothing else is served.
    /// An empty 404 or 405 of theirs gets the body that the server's own have.
    pub fn routes(self, routes: Router) -> Self {
        self.routes_with(|_| Ok(routes))
    }

    /// Adds routes of your own that call the applications, as [`routes`](Self::routes). The closure is called once, when the
    /// server runs, before its applications are ready.
    ///
    /// ```no_run
    /// use serve_runtime::axum::{Router, extract::Path, routing::get};
    /// use serve_runtime::ingress::Server;
    /// use serve_runtime::prelude::*;
    ///
    /// #[deployment]
    /// async fn greet(name: String) -> String {
    ///     format!("hello, {name}")
    /// }
    ///
    /// #[graph]
    /// fn hello() -> String {
    ///     input(|name: String| greet(name))
    /// }
    ///
    /// # #[tokio::main]
    /// # async fn main() -> Result<()> {
    /// Server::new()
    ///     .application(hello())
    ///     .routes_with(|applications| {
    ///         let hello = applications.handle::<HelloGraph>("hello")?;
    ///         let greet = |Path(name): Path<String>| async move { hello.get()?.call(name).await };
    ///         Ok(Router::new().route("/greet/{name}", get(greet)))
    ///     })
    ///     .run()
    ///     .await
    /// # }
    /// ```
    pub fn routes_with(
        mut self,
        routes: impl FnOnce(&Applications) -> Result<Router> + Send + 'static,
    ) -> Self {
        self.routes.push(Box::new(routes));
        self
    }

    /// Adds a [tower](https://docs.rs/tower-layer) layer, such as tower-http's `CorsLayer`, around the routes of the graphs
    /// and your own; the last one is the outermost. What is served under `/-/` is outside of it, for load balancers to reach.
    pub fn layer<L>(mut self, layer: L) -> Self
    where
        L: Layer<Route> + Clone + Send + Sync + 'static,
        L::Service: Service<Request> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request>>::Error: Into<std::convert::Infallible> + 'static,
        <L::Service as Service<Request>>::Future: Send + 'static,
    {
        self.layers.push(Box::new(|router| router.layer(layer)));
        self
    }

    /// Sets the socket that the server listens at, in place of the host and port of its options: one that was bound before,
    /// perhaps by another process.
    ///
    /// [`Server::cli`] takes the one that systemd, or `systemfd`, hands over (`LISTEN_FDS`), unless `--host` or `--port` is given.
    pub fn listener(mut self, listener: std::net::TcpListener) -> Self {
        self.listener = Some(listener);
        self
    }

    /// Sets what to do once every replica is ready; it gets the address that the server listens on.
    pub fn on_ready(mut self, on_ready: impl FnOnce(SocketAddr) + Send + 'static) -> Self {
        self.on_ready = Some(Box::new(on_ready));
        self
    }

    /// Sets the options that a configuration has: those of its applications, and where HTTP is served. What it leaves out
    /// stays. Its [warnings](crate::config::Config::warnings) are logged. The command `run --config` does this.
    ///
    /// # Errors
    ///
    /// As [`Application::with_config`], if it names an application that the server has not, and if two are served at one
    /// path.
    #[cfg(feature = "config")]
    pub fn with_config(mut self, config: &crate::config::Config) -> Result<Self> {
        apply(config, &mut self.applications, &self.programs)?;
        config.http_options.apply_to(&mut self.options)?;
        self.accepted = Some(config.clone());
        Ok(self)
    }

    /// Keeps the last configuration that is accepted in a directory, so that it is in force again after the process was killed:
    /// one that is there is applied now, as [`with_config`](Self::with_config) does. Returns whether there is one.
    ///
    /// The directory is made if there is none. It is of one process at a time. An application of the program that is deleted
    /// while the server runs is there again when it is started anew.
    ///
    /// # Errors
    ///
    /// If the directory cannot be written to, another process has it, or what is there is damaged or wrong.
    #[cfg(feature = "control")]
    pub fn with_state(self, directory: impl AsRef<Path>) -> Result<(Self, bool)> {
        let store = Store::open(directory.as_ref())?;
        let stored = store.read()?;
        let is_there = stored.is_some();
        let mut server = match &stored {
            Some(config) => self.with_config(config)?,
            None => self,
        };
        server.store = Some(Arc::new(store));
        Ok((server, is_there))
    }

    /// Sets where to read the configuration that SIGHUP applies: to all applications, or to none. Those that it leaves out
    /// are as the program binds them. The result is logged. By default, SIGHUP ends the process.
    #[cfg(feature = "config")]
    pub fn on_hangup(
        mut self,
        read: impl Fn() -> Result<crate::config::Config> + Send + Sync + 'static,
    ) -> Self {
        self.reload = Some(Box::new(read));
        self
    }

    /// Opens the [control plane](crate::control_plane) at that address, with the tokens of which one is asked for; without tokens the
    /// address must be loopback, as `127.0.0.1:8265` is.
    ///
    /// [`Server::run`] fails if the address cannot be listened on. [`Server::cli`] opens it without being told.
    #[cfg(feature = "control")]
    pub fn control(
        mut self,
        address: impl Into<SocketAddr>,
        tokens: impl IntoIterator<Item: Into<Arc<str>>>,
    ) -> Self {
        self.control = Some(ControlPlane {
            address: address.into(),
            tokens: tokens.into_iter().map(Into::into).collect(),
            is_optional: false,
        });
        self
    }

    /// Serves until SIGINT or SIGTERM. Then it accepts no new requests, answers the requests in flight, and returns.
    /// A second signal ends the process at once.
    ///
    /// # Errors
    ///
    /// If the address cannot be listened on, a replica cannot be started, two applications have one name, or
    /// routes overlap.
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
        let (give_up, is_cut_off) = cut_off();
        let clients: Arc<Clients> = Arc::default();
        let serving = Arc::new(Serving::new(&options, is_cut_off, Arc::clone(&clients)));
        let timeout = options.graceful_shutdown_timeout;
        let ledger = LazyLedger::from(self.ledger);
        let hosting = Hosting::new(
            self.applications,
            #[cfg(feature = "config")]
            self.programs,
            Arc::clone(&serving),
            ledger,
            timeout,
        )?;
        let stop_at_the_end = Stop(Arc::clone(&hosting));
        #[cfg(feature = "control")]
        hosting.keep_in(self.store);
        #[cfg(feature = "config")]
        if let Some(config) = self.accepted {
            hosting.accept(config).await?;
        }
        let router = router(&hosting, &serving, self.routes, self.layers)?;
        let listener = listen(self.listener, &options).await?;
        let address = listener.local_addr()?;
        hosting.listens(address);
        let (stopping, mut stopped) = watch::channel(false);
        let connections = Connections {
            router,
            hosting: Some(Arc::clone(&hosting)),
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
        #[cfg(feature = "control")]
        let control = match self.control {
            Some(control) => control_plane::serve(control, &hosting).await?,
            None => None,
        };

        #[cfg(feature = "config")]
        let mut reloads = JoinSet::new();
        #[cfg(feature = "config")]
        if let Some(read) = self.reload {
            reloads.spawn(super::reload::on_hangup(read, Arc::clone(&hosting))?);
        }

        let mut stop = std::pin::pin!(stop);
        let is_started = tokio::select! {
            started = hosting.start() => {
                started?;
                true
            }
            () = &mut stop => false,
        };
        if is_started {
            for application in hosting.applications() {
                tracing::info!(%address, application = application.name(), "ready");
            }
            #[cfg(feature = "control")]
            if let Some(control) = &control {
                tracing::info!(address = %control.address, "the control plane is there");
            }
            if let Some(on_ready) = self.on_ready {
                on_ready(address);
            }
            stop.await;
            hosting.stopping();
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
        let drained = drain(servers, &hosting, timeout, &give_up).await;
        drop(stop_at_the_end);
        drained
    }
}

async fn listen(
    bound: Option<std::net::TcpListener>,
    options: &ServerOptions,
) -> Result<TcpListener> {
    if let Some(bound) = bound {
        bound.set_nonblocking(true)?;
        return Ok(TcpListener::from_std(bound)?);
    }
    let address = SocketAddr::new(options.host, options.port);
    TcpListener::bind(address).await.map_err(|error| {
        Error::new(
            ErrorKind::InvalidInput,
            format!("cannot listen on {address}: {error}; choose another --host or --port"),
        )
    })
}

fn router(
    hosting: &Arc<Hosting>,
    serving: &Serving,
    routes: Vec<MakeRoutes>,
    layers: Vec<AddLayer>,
) -> Result<Router> {
    let management = management::router(Arc::clone(hosting), serving.floats);
    hosting.add_routes(routes, &management)?;
    let all = Router::new().fallback_service(Dispatch(Arc::clone(hosting)));
    let all = layers.into_iter().fold(all, |all, layer| layer(all));
    Ok(outermost(all.merge(management), serving.cut_off.clone()))
}

/// What surrounds each request, whatever answers it.
pub(super) fn outermost(router: Router, cut_off: CutOff) -> Router {
    router
        .layer(axum::middleware::from_fn_with_state(
            cut_off,
            request_id::assign,
        ))
        .layer(axum::middleware::map_request(read_on::to_the_end))
}

/// Waits for connections and calls to end, up to the timeout. Then they are given up.
async fn drain(
    mut servers: JoinSet<()>,
    hosting: &Hosting,
    timeout: Duration,
    give_up: &GiveUp,
) -> Result<()> {
    let (closed, connections) = oneshot::channel();
    let mut ended = std::pin::pin!(async {
        let served = servers.join_next().await;
        let _ = closed.send(());
        hosting.shutdown().await;
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
