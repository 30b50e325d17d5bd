//! `--control`: where the control plane listens.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use super::config::Configured;
use crate::config::stored::Store;
use crate::control_plane::{ControlPlane, DEFAULT_PORT};
use crate::ingress::Server;
use crate::{Error, Result};

/// The control plane.
#[derive(Args)]
pub(super) struct Control {
    /// Address of the control plane [default: 127.0.0.1:8265, a free port with `--port 0`, none if it is taken]
    #[arg(long, value_name = "ADDRESS", env = "SERVE_CONTROL")]
    control: Option<SocketAddr>,
    /// No control plane
    #[arg(long, conflicts_with = "control")]
    no_control: bool,
    /// File with the tokens that the control plane asks for, one a line; otherwise those in SERVE_CONTROL_TOKEN
    #[arg(long, value_name = "FILE", env = "SERVE_CONTROL_TOKEN_FILE")]
    control_token_file: Option<PathBuf>,
}

/// A variable, as arguments are seen by everybody on the machine.
const TOKENS: &str = "SERVE_CONTROL_TOKEN";

/// Where the configuration is kept.
#[derive(Args)]
pub(super) struct State {
    /// Directory for the last configuration that was accepted. If there is one, it is in force, and `--config` is not read
    /// at the start
    #[arg(long, value_name = "DIR", env = "SERVE_STATE")]
    state: Option<PathBuf>,
    /// `--config` is read at the start, also if the directory has a configuration
    #[arg(long, requires = "state")]
    config_wins: bool,
}

impl State {
    /// The server, with what is kept, or else with what `configured` sets.
    pub(super) fn or(&self, configured: &Configured, server: Server) -> Result<Server> {
        let Some(directory) = &self.state else {
            return configured.apply(server);
        };
        if self.config_wins && configured.is_given() {
            let mut server = configured.apply(server)?;
            server.store = Some(Arc::new(Store::open(directory)?));
            return Ok(server);
        }
        let (server, is_there) = server.with_state(directory)?;
        let directory = directory.display();
        match is_there {
            true if configured.is_given() => tracing::info!(
                "the configuration in {directory} is in force; `--config` is not read (`--config-wins` reverses that)"
            ),
            true => tracing::info!("the configuration in {directory} is in force"),
            false => return configured.apply(server),
        }
        Ok(server)
    }
}

impl Control {
    /// Where it listens, for a server at that port. What the program says counts where the arguments say nothing.
    pub(super) fn or(
        self,
        program: Option<ControlPlane>,
        port: u16,
    ) -> Result<Option<ControlPlane>> {
        if self.no_control {
            return Ok(None);
        }
        let given = self.tokens()?;
        let tokens = |program: Vec<Arc<str>>| if given.is_empty() { program } else { given };
        let loopback = |port| SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port);
        Ok(Some(match (self.control, program) {
            (Some(address), program) => ControlPlane {
                address,
                tokens: tokens(program.map_or_else(Vec::new, |program| program.tokens)),
                is_optional: false,
            },
            (None, Some(program)) => ControlPlane {
                tokens: tokens(program.tokens),
                ..program
            },
            (None, None) => ControlPlane {
                address: loopback(if port == 0 { 0 } else { DEFAULT_PORT }),
                tokens: tokens(Vec::new()),
                is_optional: true,
            },
        }))
    }

    fn tokens(&self) -> Result<Vec<Arc<str>>> {
        let text = match &self.control_token_file {
            Some(path) => {
                let file = path.display();
                let text = std::fs::read_to_string(path);
                text.map_err(|error| Error::invalid_input(format!("cannot read {file}: {error}")))?
            }
            None => std::env::var(TOKENS).unwrap_or_default(),
        };
        let tokens: Vec<Arc<str>> = text.split_whitespace().map(Arc::from).collect();
        match &self.control_token_file {
            Some(path) if tokens.is_empty() => {
                let message = format!("{} has no token", path.display());
                Err(Error::invalid_input(message))
            }
            _ => Ok(tokens),
        }
    }
}
