//! `build`, and `--config` of the other commands. Without the feature `config` both are refused with its name.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::Result;
use crate::ingress::applications::served::AnyApplication;
use crate::ingress::{Server, ServerOptions};

/// A file with options.
#[derive(Args, Clone)]
pub(super) struct Configured {
    /// File with options of the server and its applications, as `build` writes it: YAML or JSON. While the server runs,
    /// SIGHUP reads it again
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Refuse a file with anything that has no meaning here, in place of a warning
    #[arg(long, requires = "config")]
    strict: bool,
}

impl Configured {
    /// Applies the file's options.
    pub(super) fn apply(&self, server: Server) -> Result<Server> {
        match &self.config {
            Some(path) => apply(path, self.strict, server),
            None => Ok(server),
        }
    }

    #[cfg(feature = "control")]
    pub(super) fn is_given(&self) -> bool {
        self.config.is_some()
    }

    /// Makes the server read the file again on SIGHUP.
    pub(super) fn watch(self, server: Server) -> Server {
        match self.config {
            Some(path) => watch(path, self.strict, server),
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

    fn read(path: &Path, is_strict: bool) -> Result<Config> {
        let config = Config::read(path)?;
        match is_strict {
            true => config.strict(),
            false => Ok(config),
        }
    }

    pub(super) fn apply(path: &Path, is_strict: bool, server: Server) -> Result<Server> {
        server.with_config(&read(path, is_strict)?)
    }

    /// The server listens where it did when it was started, whatever the file says later.
    pub(super) fn watch(path: PathBuf, is_strict: bool, server: Server) -> Server {
        let at_start = Config::read(&path).map(|config| config.http_options);
        let at_start = at_start.unwrap_or_default();
        server.on_hangup(move || {
            let config = read(&path, is_strict)?;
            if config.http_options != at_start {
                let path = path.display();
                tracing::warn!("{path}: `http_options` counts only when the server starts");
            }
            Ok(config)
        })
    }

    /// Writes the options that are set to a file, or to standard output; with `all` the others as comments.
    pub(in crate::cli) fn build(
        configured: &Configured,
        options: &ServerOptions,
        applications: &[&dyn AnyApplication],
        all: bool,
        file: Option<PathBuf>,
    ) -> Result<()> {
        let mut config = match &configured.config {
            Some(path) => Config::read(path)?,
            None => Config::new(),
        };
        let http = &mut config.http_options;
        http.host.get_or_insert_with(|| options.host.to_string());
        http.port.get_or_insert(options.port);
        let applications = applications.iter().map(|application| application.config());
        config.applications = applications.collect::<Result<_>>()?;
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

    pub(super) fn apply(_: &Path, _: bool, _: Server) -> Result<Server> {
        let wrong = missing::feature("`--config`", "config");
        Err(Error::invalid_input(wrong))
    }

    /// Never called: [`apply`] fails before.
    pub(super) fn watch(_: PathBuf, _: bool, server: Server) -> Server {
        server
    }

    pub(in crate::cli) fn build(
        _: &Configured,
        _: &ServerOptions,
        _: &[&dyn AnyApplication],
        _: bool,
        _: Option<PathBuf>,
    ) -> Result<()> {
        let wrong = missing::feature("`build`", "config");
        Err(Error::invalid_input(wrong))
    }
}
