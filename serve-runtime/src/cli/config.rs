//! `build`, and `--config` of the other commands.

use std::path::PathBuf;

use clap::Args;

use super::print::print;
use crate::application::Application;
use crate::config::Config;
use crate::graph::Graph;
use crate::ingress::{Serve, Server};
use crate::{Error, Result};

/// A file with options.
#[derive(Args, Clone)]
pub(super) struct Configured {
    /// File with options for the deployments, as `build` writes it: YAML or JSON. While serving, SIGHUP has it
    /// read again
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl Configured {
    /// Sets what the file has.
    pub(super) fn apply<G: Graph>(&self, application: Application<G>) -> Result<Application<G>> {
        let Some(path) = &self.config else {
            return Ok(application);
        };
        let configured = application.with_config(&Config::read(path)?);
        configured.map_err(|error| Error::new(error.kind(), format!("{}: {error}", path.display())))
    }

    /// A server that reads the file again when it is told to.
    pub(super) fn watch<G: Serve>(self, server: Server<G>) -> Server<G> {
        match self.config {
            Some(path) => server.on_hangup(move || Config::read(&path)),
            None => server,
        }
    }
}

/// Writes all options to a file, or to standard output.
pub(super) fn build<G: Graph>(application: &Application<G>, output: Option<PathBuf>) -> Result<()> {
    let yaml = application.config()?.to_yaml()?;
    let Some(path) = output else {
        return print(&yaml).map(drop);
    };
    std::fs::write(&path, yaml)
        .map_err(|error| Error::invalid_input(format!("cannot write {}: {error}", path.display())))
}
