//! `build`, and `--config` of the other commands. Without the feature `config` both are refused with its name.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::Result;
use crate::application::Application;
use crate::graph::Graph;
use crate::ingress::{Serve, Server};

/// A file with options.
#[derive(Args, Clone)]
pub(super) struct Configured {
    /// File with options for the deployments, as `build` writes it: YAML or JSON. While the server runs, SIGHUP
    /// reads it again
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl Configured {
    /// Applies the file's options.
    pub(super) fn apply<G: Graph>(&self, application: Application<G>) -> Result<Application<G>> {
        match &self.config {
            Some(path) => apply(path, application),
            None => Ok(application),
        }
    }

    /// Makes the server read the file again on SIGHUP.
    pub(super) fn watch<G: Serve>(self, server: Server<G>) -> Server<G> {
        match self.config {
            Some(path) => watch(path, server),
            None => server,
        }
    }
}

pub(super) use self::feature::build;
use self::feature::{apply, watch};

#[cfg(feature = "config")]
mod feature {
    use super::*;
    use crate::cli::output;
    use crate::config::Config;

    pub(super) fn apply<G: Graph>(
        path: &Path,
        application: Application<G>,
    ) -> Result<Application<G>> {
        application.with_config(&Config::read(path)?)
    }

    pub(super) fn watch<G: Serve>(path: PathBuf, server: Server<G>) -> Server<G> {
        server.on_hangup(move || Config::read(&path))
    }

    /// Writes the options that are set to a file, or to standard output; with `all` the others as comments.
    pub(in crate::cli) fn build<G: Graph>(
        application: &Application<G>,
        all: bool,
        file: Option<PathBuf>,
    ) -> Result<()> {
        let config = application.config()?;
        let text = match all {
            true => config.to_yaml_with_defaults()?,
            false => config.set_only().to_yaml()?,
        };
        output::write(&text, file.as_deref())
    }
}

#[cfg(not(feature = "config"))]
mod feature {
    use super::*;
    use crate::Error;
    use crate::cli::missing;

    pub(super) fn apply<G: Graph>(_: &Path, _: Application<G>) -> Result<Application<G>> {
        let wrong = missing::feature("`--config`", "config");
        Err(Error::invalid_input(wrong))
    }

    /// Never called: [`apply`] fails before.
    pub(super) fn watch<G: Serve>(_: PathBuf, server: Server<G>) -> Server<G> {
        server
    }

    pub(in crate::cli) fn build<G: Graph>(
        _: &Application<G>,
        _: bool,
        _: Option<PathBuf>,
    ) -> Result<()> {
        let wrong = missing::feature("`build`", "config");
        Err(Error::invalid_input(wrong))
    }
}
