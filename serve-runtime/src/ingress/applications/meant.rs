//! Which application a configuration is for.

use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::hosting::Hosting;
use super::served::AnyApplication;
use crate::config::Config;
use crate::{Error, Result};

/// Changes the options of the application that runs and that the configuration is for.
pub(crate) fn configure(
    hosting: &Hosting,
    config: &Config,
) -> Result<BoxFuture<'static, Result<()>>> {
    meant_by(config, &hosting.applications())?.configure(config)
}

/// The only application, or that of the configuration's name.
pub(crate) fn meant_by<'a>(
    config: &Config,
    applications: &'a [Arc<dyn AnyApplication>],
) -> Result<&'a dyn AnyApplication> {
    if let [application] = applications {
        return Ok(&**application);
    }
    let meant = config.name.as_deref();
    let mut all = applications.iter();
    let found = all.find(|application| Some(application.name()) == meant);
    found.map(|found| &**found).ok_or_else(|| {
        let names: Vec<_> = applications.iter().map(|it| it.name()).collect();
        let names = names.join("`, `");
        Error::invalid_input(format!(
            "the configuration's `name` must be that of an application: `{names}`"
        ))
    })
}
