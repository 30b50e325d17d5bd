//! `build`, and `--config` of the other commands. Without the feature `config` both are refused with its name.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use crate::Result;
use crate::ingress::Server;
use crate::ingress::applications::served::AnyApplication;

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
    pub(super) fn apply(&self, applications: &[Arc<dyn AnyApplication>]) -> Result<()> {
        match &self.config {
            Some(path) => apply(path, applications),
            None => Ok(()),
        }
    }

    /// Makes the server read the file again on SIGHUP.
    pub(super) fn watch(self, server: Server) -> Server {
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
    use crate::ingress::applications::meant::meant_by;

    pub(super) fn apply(path: &Path, applications: &[Arc<dyn AnyApplication>]) -> Result<()> {
        let config = Config::read(path)?;
        meant_by(&config, applications)?.apply(&config)
    }

    pub(super) fn watch(path: PathBuf, server: Server) -> Server {
        server.on_hangup(move || Config::read(&path))
    }

    /// Writes the options that are set to a file, or to standard output; with `all` the others as comments.
    pub(in crate::cli) fn build(
        application: &dyn AnyApplication,
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

    pub(super) fn apply(_: &Path, _: &[Arc<dyn AnyApplication>]) -> Result<()> {
        let wrong = missing::feature("`--config`", "config");
        Err(Error::invalid_input(wrong))
    }

    /// Never called: [`apply`] fails before.
    pub(super) fn watch(_: PathBuf, server: Server) -> Server {
        server
    }

    pub(in crate::cli) fn build(_: &dyn AnyApplication, _: bool, _: Option<PathBuf>) -> Result<()> {
        let wrong = missing::feature("`build`", "config");
        Err(Error::invalid_input(wrong))
    }
}
