//! The command line of a serving binary.
//!
//! | command | effect |
//! |---|---|
//! | `run` (default) | serves the application over HTTP |
//! | `call JSON` | deploys it in this process, runs one request, prints the output |
//! | `build` | prints the options of its applications, as a file for `--config` of the other commands; feature `config` |
//! | `graph --format F` | prints a picture of it, without deploying anything; SVG with the feature `pictures` |
//! | `simulate DEPLOYMENT` | simulates its autoscaling, without deploying anything |

mod arguments;
mod call;
mod config;
#[cfg(feature = "control")]
mod control;
mod logging;
mod missing;
mod output;
mod picture;
#[cfg(feature = "control")]
mod remote;
mod simulate;

pub use self::arguments::Arguments;

use std::sync::Arc;

use clap::{CommandFactory, FromArgMatches};
use futures_util::future::BoxFuture;
use tracing_subscriber::filter::LevelFilter;

use self::arguments::{Command, Parsed, with_defaults};
use crate::application::Application;
use crate::ingress::applications::served::AnyApplication;
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
/// | `build` | prints the options of its applications as YAML, without deploying anything; the other commands apply such a [file](crate::config) with `--config FILE`. Needs the feature `config` |
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
    Box::pin(Server::new().application(application).cli())
}

impl Server {
    /// Sets the version that `--version` prints, as in `version(env!("CARGO_PKG_VERSION"))`; that of serve-runtime
    /// is always printed with it.
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.version = Some(version.into());
        self
    }

    /// Runs the command that the arguments of the process name, as [`run`] does. The server's
    /// [options](Server::options) are the defaults of its arguments.
    ///
    /// ```no_run
    /// use serve_runtime::ingress::{Server, ServerOptions};
    /// # use serve_runtime::prelude::*;
    /// # #[deployment]
    /// # async fn greet(name: String) -> String {
    /// #     format!("hello, {name}")
    /// # }
    /// # #[graph]
    /// # fn hello() -> String {
    /// #     input(|name: String| greet(name))
    /// # }
    ///
    /// # #[tokio::main]
    /// # async fn main() -> Result<()> {
    /// Server::new()
    ///     .application(hello())
    ///     .options(ServerOptions::new().port(9000))
    ///     .version(env!("CARGO_PKG_VERSION"))
    ///     .cli()
    ///     .await
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`run`].
    pub async fn cli(self) -> Result<()> {
        let arguments = arguments(&self)?;
        self.cli_with(arguments).await
    }

    /// [`cli`](Server::cli), with arguments that a parser of the program's own has read, beside flags of its own:
    ///
    /// ```no_run
    /// use std::path::PathBuf;
    ///
    /// use clap::Parser;
    /// use serve_runtime::ingress::Server;
    /// # use serve_runtime::prelude::*;
    /// # #[deployment]
    /// # struct Model;
    /// # #[deployment]
    /// # impl Model {
    /// #     fn new(_weights: PathBuf) -> Self {
    /// #         Model
    /// #     }
    /// #     fn run(&self, text: String) -> String {
    /// #         text
    /// #     }
    /// # }
    /// # #[graph]
    /// # fn answers(weights: PathBuf) -> String {
    /// #     let model = Model::bind(weights);
    /// #     input(|text: String| model.run(text))
    /// # }
    ///
    /// #[derive(Parser)]
    /// #[command(version, args_conflicts_with_subcommands = true)]
    /// struct Flags {
    ///     /// Where the weights are
    ///     #[arg(long, global = true, default_value = "weights.bin")]
    ///     weights: PathBuf,
    ///     #[command(flatten)]
    ///     serve: serve_runtime::cli::Arguments,
    /// }
    ///
    /// # #[tokio::main]
    /// # async fn main() -> Result<()> {
    /// let flags = Flags::parse();
    /// Server::new()
    ///     .application(answers(flags.weights))
    ///     .cli_with(flags.serve)
    ///     .await
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`run`], and if the server has no application.
    pub async fn cli_with(self, arguments: Arguments) -> Result<()> {
        match arguments.command {
            None => serve(self, arguments.serve).await,
            Some(Command::Run(given)) => serve(self, given).await,
            Some(Command::Call {
                json,
                route,
                configured,
                machine,
                answers,
            }) => {
                logging::start(LevelFilter::WARN);
                let machine = machine.machine();
                let server = configured.apply(self)?;
                let floats = answers.floats();
                call::run(
                    &server.applications,
                    machine,
                    route.as_deref(),
                    json,
                    floats,
                )
                .await
            }
            Some(Command::Build {
                output,
                all,
                app,
                configured,
            }) => {
                logging::start(LevelFilter::WARN);
                let server = configured.apply(self)?;
                let chosen = match app.as_deref() {
                    Some(name) => vec![chosen(&server.applications, Some(name))?],
                    None => server.applications.iter().map(|it| &**it).collect(),
                };
                config::build(&configured, &server.options, &chosen, all, output)
            }
            Some(Command::Graph {
                format,
                output,
                app,
            }) => {
                let application = chosen(&self.applications, app.as_deref())?;
                picture::write(application.topology(), format, output)
            }
            Some(Command::Simulate(simulate)) => {
                let server = simulate.configured.apply(self)?;
                let application = chosen(&server.applications, simulate.app.as_deref())?;
                let mut report = Ok(());
                application.lend(&mut |topology| {
                    report = simulate.run(topology).and_then(output::print).map(drop);
                });
                report
            }
            #[cfg(feature = "control")]
            Some(Command::Deploy(deploy)) => deploy.run().await,
            #[cfg(feature = "control")]
            Some(Command::Status(status)) => status.run().await,
            #[cfg(feature = "control")]
            Some(Command::Config(configuration)) => configuration.run().await,
            #[cfg(feature = "control")]
            Some(Command::Scale(scale)) => scale.run().await,
            #[cfg(feature = "control")]
            Some(Command::Shutdown(shutdown)) => shutdown.run().await,
        }
    }
}

async fn serve(server: Server, arguments: arguments::Serve) -> Result<()> {
    logging::start(LevelFilter::INFO);
    #[cfg(feature = "control")]
    let server = arguments.state.or(&arguments.configured, server)?;
    #[cfg(not(feature = "control"))]
    let server = arguments.configured.apply(server)?;
    let mut server = match arguments.machine.machine() {
        Some(machine) => server.machine(machine),
        None => server,
    };
    if server.on_ready.is_none() {
        let applications = server.applications.clone();
        server = server.on_ready(move |address| {
            for application in &applications {
                let name = application.name();
                for route in application.routes() {
                    // A closed standard output is no reason to stop serving.
                    drop(output::print(format_args!(
                        "serving {name} on http://{address}{route}"
                    )));
                }
            }
        });
    }
    let server = arguments.configured.clone().watch(server);
    let server = match arguments.inherited()? {
        Some(listener) => server.listener(listener),
        None => server,
    };
    let options = arguments.options(server.options.clone());
    #[cfg(feature = "control")]
    let server = {
        let mut server = server;
        server.control = arguments.control.or(server.control.take(), options.port)?;
        server
    };
    server.options(options).run().await
}

/// The application of that name; a server with only one needs no name.
fn chosen<'a>(
    applications: &'a [Arc<dyn AnyApplication>],
    name: Option<&str>,
) -> Result<&'a dyn AnyApplication> {
    let found = match (name, applications) {
        (None, [application]) => Some(application),
        (None, _) => None,
        (Some(name), all) => all.iter().find(|application| application.name() == name),
    };
    found.map(|found| &**found).ok_or_else(|| {
        let names: Vec<&str> = applications.iter().map(|it| it.name()).collect();
        let wrong = match name {
            Some(name) => format!("no application is named `{name}`"),
            None => "this binary has not one application".to_owned(),
        };
        let names = names.join(", ");
        Error::invalid_input(format!("{wrong}; choose one with `--app`: {names}"))
    })
}

/// The process's arguments; wrong arguments end the process.
fn arguments(server: &Server) -> Result<Arguments> {
    // Once in a process: clap takes a text that lasts.
    let version: &'static str = version_of(server.version.as_deref()).leak();
    let command = with_defaults(Parsed::command(), &server.options)
        .version(version)
        .about(about(&server.applications));
    let command = match binary() {
        Some(name) => command.display_name(name),
        None => command,
    };
    let matches = command.get_matches();
    Parsed::from_arg_matches(&matches)
        .map(|parsed| parsed.arguments)
        .map_err(|error| Error::new(ErrorKind::InvalidInput, error.to_string()))
}

fn about(applications: &[Arc<dyn AnyApplication>]) -> String {
    match applications {
        [application] => {
            let graph = application.topology();
            let about = format!("{}\n\nServes the graph `{}`.", graph.doc, graph.name);
            about.trim().to_owned()
        }
        several => {
            let names: Vec<&str> = several.iter().map(|it| it.name()).collect();
            format!("Serves the applications `{}`.", names.join("`, `"))
        }
    }
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
