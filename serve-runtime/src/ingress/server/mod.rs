//! The server: what it serves, and how.

mod run;

use std::fmt;
use std::net::SocketAddr;
#[cfg(feature = "control")]
use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::response::IntoResponse;
use axum::routing::Route;
use tower_layer::Layer;
use tower_service::Service;

pub(super) use self::run::outermost;
#[cfg(feature = "config")]
use super::applications::configure::apply;
#[cfg(feature = "config")]
use super::applications::program::{AnyProgram, Program};
use super::applications::served::{AnyApplication, Served};
use super::applications::{Applications, MakeRoutes};
use super::options::ServerOptions;
use super::router::Serve;
use crate::Result;
use crate::application::Application;
#[cfg(feature = "config")]
use crate::config::Config;
#[cfg(feature = "control")]
use crate::config::stored::Store;
#[cfg(feature = "control")]
use crate::control_plane::ControlPlane;
use crate::resources::Ledger;

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

    /// Keeps the last configuration that all of was in force in a directory, so that it is again after the process was killed:
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
}
