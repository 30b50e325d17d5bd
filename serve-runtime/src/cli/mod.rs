//! The command line of a serving binary.
//!
//! | command | effect |
//! |---|---|
//! | `run` (default) | serves the application over HTTP |
//! | `call JSON` | deploys it in this process, runs one request, prints the output |
//! | `build` | prints the options of its deployments, as a file for `--config` of the other commands; feature `config` |
//! | `graph --format F` | prints a picture of it, without deploying anything; SVG with the feature `pictures` |
//! | `simulate DEPLOYMENT` | simulates its autoscaling, without deploying anything |

mod arguments;
mod call;
mod config;
mod logging;
mod missing;
mod output;
mod picture;
mod simulate;

use std::fmt;
use std::net::SocketAddr;

use axum::Router;
use clap::{CommandFactory, FromArgMatches};
use futures_util::future::BoxFuture;
use serve_topology::route::sent;
use tracing_subscriber::filter::LevelFilter;

use self::arguments::{Arguments, Command};
use crate::application::Application;
use crate::graph::Graph;
use crate::ingress::{Serve, Server};
use crate::{Error, ErrorKind, Result};

/// Runs an application according to the command line: serves it unless another command is given.
///
/// ```no_run
/// use serve_runtime::prelude::*;
///
/// #[deployment]
/// async fn greet(name: String) -> String {
///     format!("hello, {name}")
/// }
///
/// /// Greets its caller.
/// #[graph]
/// fn hello() -> String {
///     input(|name: String| greet(name))
/// }
///
/// #[tokio::main]
/// async fn main() -> Result<()> {
///     serve_runtime::run(hello()).await
/// }
/// ```
///
/// The binary has these commands; `--help` has their options:
///
/// | command | effect |
/// |---|---|
/// | `run` (default) | serves the application over HTTP, on 127.0.0.1:8000 by default |
/// | `call JSON` | deploys it in this process, runs one request, prints the output |
/// | `build` | prints the options of its deployments as YAML, without deploying anything; the other commands apply such a [file](crate::config) with `--config FILE`. Needs the feature `config` |
/// | `graph --format mermaid` | prints a picture of it, without deploying anything; or `dot`, `json`, and with the feature `pictures` `svg` |
/// | `simulate DEPLOYMENT` | simulates its autoscaling under some load |
///
/// # Errors
///
/// If the address cannot be listened on, a file is invalid, a replica cannot be started, or the one request of
/// `call` fails. Wrong arguments end the process with a message and exit code 2.
pub fn run<G>(application: Application<G>) -> BoxFuture<'static, Result<()>>
where
    G: Serve,
{
    // For an `async fn`, rustc would report three times that the graph cannot be served.
    Box::pin(Cli::new(application).run())
}

/// The command line of [`run`], which a program can extend.
#[must_use = "a command line does nothing until it is run"]
pub struct Cli<G: Graph> {
    application: Application<G>,
    routes: Vec<Router>,
    version: Option<String>,
    on_ready: Option<Box<dyn FnOnce(SocketAddr) + Send>>,
}

impl<G: Graph> fmt::Debug for Cli<G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cli")
            .field("application", &self.application)
            .field("routes", &self.routes)
            .finish_non_exhaustive()
    }
}

impl<G> Cli<G>
where
    G: Serve,
{
    /// The command line of `application`.
    pub fn new(application: Application<G>) -> Self {
        Cli {
            application,
            routes: Vec::new(),
            version: None,
            on_ready: None,
        }
    }

    /// Adds routes to serve beside the graph, as [`Server::routes`].
    pub fn routes(mut self, routes: Router) -> Self {
        self.routes.push(routes);
        self
    }

    /// Sets the version that `--version` prints, as in `version(env!("CARGO_PKG_VERSION"))`; that of serve-runtime
    /// is always printed with it.
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.version = Some(version.into());
        self
    }

    /// Sets what to do once the server is ready, as [`Server::on_ready`]. By default it prints the address.
    pub fn on_ready(mut self, on_ready: impl FnOnce(SocketAddr) + Send + 'static) -> Self {
        self.on_ready = Some(Box::new(on_ready));
        self
    }

    /// Runs the command that the arguments of the process name.
    ///
    /// # Errors
    ///
    /// As [`run`].
    pub async fn run(self) -> Result<()> {
        let arguments = arguments::<G>(self.version.as_deref())?;
        match arguments.command {
            None => self.serve(arguments.serve).await,
            Some(Command::Run(serve)) => self.serve(serve).await,
            Some(Command::Call {
                json,
                route,
                configured,
                machine,
                answers,
            }) => {
                logging::start(LevelFilter::WARN);
                let machine = machine.machine();
                let application = configured.apply(self.application)?;
                call::run(
                    application,
                    machine,
                    route.as_deref(),
                    json,
                    answers.floats(),
                )
                .await
            }
            Some(Command::Build {
                output,
                all,
                configured,
            }) => {
                logging::start(LevelFilter::WARN);
                config::build(&configured.apply(self.application)?, all, output)
            }
            Some(Command::Graph { format, output }) => picture::write::<G>(format, output),
            Some(Command::Simulate(simulate)) => {
                let mut report = Ok(());
                let application = simulate.configured.apply(self.application)?;
                application.services.topology.lend(|topology| {
                    report = simulate.run(topology).and_then(output::print).map(drop);
                });
                report
            }
        }
    }

    async fn serve(self, arguments: arguments::Serve) -> Result<()> {
        logging::start(LevelFilter::INFO);
        let on_ready = self.on_ready.unwrap_or_else(|| {
            Box::new(|address| {
                let name = G::TOPOLOGY.name;
                for entry in G::TOPOLOGY.entries {
                    let route = sent(entry.route);
                    // A closed standard output is no reason to stop serving.
                    drop(output::print(format_args!(
                        "serving {name} on http://{address}{route}"
                    )));
                }
            })
        });
        let server = Server::new(arguments.configured.apply(self.application)?);
        let server = match arguments.machine.machine() {
            Some(machine) => server.machine(machine),
            None => server,
        };
        let server = arguments.configured.clone().watch(server);
        let server = self.routes.into_iter().fold(server, Server::routes);
        server
            .options(arguments.into())
            .on_ready(on_ready)
            .run()
            .await
    }
}

/// The process's arguments; wrong arguments end the process.
fn arguments<G: Graph>(version: Option<&str>) -> Result<Arguments> {
    // Once in a process: clap takes a text that lasts.
    let version: &'static str = version_of(version).leak();
    let command = Arguments::command().version(version).about(
        format!(
            "{}\n\nServes the graph `{}`.",
            G::TOPOLOGY.doc,
            G::TOPOLOGY.name
        )
        .trim()
        .to_owned(),
    );
    let command = match binary() {
        Some(name) => command.display_name(name),
        None => command,
    };
    let matches = command.get_matches();
    Arguments::from_arg_matches(&matches)
        .map_err(|error| Error::new(ErrorKind::InvalidInput, error.to_string()))
}

/// The version of the user's binary if it is known, and of what serves it.
fn version_of(binary: Option<&str>) -> String {
    let runtime = concat!("serve-runtime ", env!("CARGO_PKG_VERSION"));
    match binary {
        Some(version) => format!("{version} ({runtime})"),
        None => format!("({runtime})"),
    }
}

/// The name of the file that runs.
fn binary() -> Option<String> {
    let path = std::env::args_os().next()?;
    let name = std::path::Path::new(&path).file_stem()?;
    Some(name.to_string_lossy().into_owned())
}
