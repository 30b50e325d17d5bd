//! The arguments, as clap reads them.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use serve_topology::render::Format;

use super::simulate::Simulate;
use crate::ingress::ServerOptions;

#[derive(Parser)]
#[command(version = None, disable_version_flag = true, args_conflicts_with_subcommands = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    #[command(flatten)]
    pub(super) serve: Serve,
}

#[derive(Subcommand)]
pub(super) enum Command {
    /// Serve the graph over HTTP (the default command)
    Run(Serve),
    /// Run one request in this process and print its output
    Call {
        /// The request's body; `-` reads it from standard input
        json: Option<String>,
        /// The route to call, of a graph that has several
        #[arg(long)]
        route: Option<String>,
    },
    /// Print a picture of the graph
    Graph {
        /// svg, mermaid, dot or json
        #[arg(long, default_value = "svg")]
        format: Format,
        /// Where to write it instead of standard output
        #[arg(long, short)]
        output: Option<PathBuf>,
    },
    /// Print what a deployment's autoscaling would do under some load
    Simulate(Simulate),
}

#[derive(Args)]
pub(super) struct Serve {
    /// Address to listen on
    #[arg(long, default_value = "127.0.0.1")]
    host: IpAddr,
    /// Port to listen on; 0 takes any that is free
    #[arg(long, default_value_t = 8000)]
    port: u16,
    /// Largest body that is taken, in bytes
    #[arg(long, default_value_t = ServerOptions::default().max_body_bytes)]
    max_body_bytes: usize,
    /// Requests that may be under way; the next one is answered with 503
    #[arg(long, default_value_t = ServerOptions::default().max_ongoing_requests)]
    max_ongoing_requests: usize,
    /// Seconds that requests under way may take once the server is told to stop
    #[arg(long, default_value_t = ServerOptions::default().graceful_shutdown_timeout_s)]
    graceful_shutdown_timeout_s: f64,
}

impl From<Serve> for ServerOptions {
    fn from(serve: Serve) -> Self {
        ServerOptions {
            host: serve.host,
            port: serve.port,
            max_body_bytes: serve.max_body_bytes,
            max_ongoing_requests: serve.max_ongoing_requests,
            graceful_shutdown_timeout_s: serve.graceful_shutdown_timeout_s,
        }
    }
}
