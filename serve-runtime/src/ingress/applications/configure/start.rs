//! A configuration before anything is deployed.

use std::sync::Arc;

use super::all;
use super::meant::{Known, of_a_new_one};
use crate::Result;
use crate::config::Config;
use crate::ingress::applications::program::AnyProgram;
use crate::ingress::applications::served::AnyApplication;
use crate::ingress::applications::snapshot::check;

/// Sets the options of applications, and adds those that only the configuration has.
pub(crate) fn apply(
    config: &Config,
    applications: &mut Vec<Arc<dyn AnyApplication>>,
    programs: &[Arc<dyn AnyProgram>],
) -> Result<()> {
    let known = Known {
        applications: &applications.clone(),
        programs,
    };
    let meant = known.meant(config)?;
    let warnings: Vec<String> = meant.iter().filter_map(|it| it.warning.clone()).collect();
    config.warn(&warnings)?;
    let configured = meant.iter().map(|meant| match meant.present {
        // With arguments it is another one.
        Some(present)
            if meant.config.args.is_empty() && present.topology().name == meant.program.graph() =>
        {
            present.apply(meant.config).map(|()| None)
        }
        _ => meant.made().map(Some),
    });
    for made in all(configured)?.into_iter().flatten() {
        let mut all = applications.iter_mut();
        match all.find(|application| application.name() == made.name()) {
            Some(replaced) => *replaced = made,
            None => applications.push(made),
        }
    }
    let checked = check(applications.iter().map(|it| &**it));
    checked.map_err(|error| {
        of_a_new_one(&meant, applications).unwrap_or_else(|| config.in_file(error))
    })
}
