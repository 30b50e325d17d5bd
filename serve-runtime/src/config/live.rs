//! Applies a configuration to an application that already runs.

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, join_all};

use super::application::{apply, into_result, user_config};
use super::file::{Config, DeploymentConfig};
use crate::application::bound_options::BoundOptions;
use crate::application::{ApplicationControl, Services};
use crate::controller::Changed;
use crate::deployment::Callable;
use crate::{DeploymentControl, Error, Result};

impl ApplicationControl {
    /// Applies the options of a configuration while calls continue. Resolves when all of it is done; it is
    /// done even if the returned future is dropped.
    ///
    /// Replicas are kept. If the `user_config` differs, they are
    /// [reconfigured](DeploymentControl::reconfigure); if they need other resources of the machine, they are
    /// replaced, as by [`DeploymentControl::update`]. Options that the configuration leaves out stay as they
    /// are. The graph's `slo_ms`, `max_cpus` and `max_gpus` are not checked again.
    ///
    /// # Errors
    ///
    /// As [`Application::with_config`](crate::Application::with_config), and if another option is given to a
    /// deployment that has no replicas; nothing is changed then. If `reconfigure` returns an error or a replica
    /// cannot be built, that error is returned, and the other options are changed.
    pub async fn configure(&self, config: &Config) -> Result<()> {
        // In a statement of its own: a control does not keep the application running while it waits.
        let changes = self.services()?.change(config)?;
        changes.await
    }
}

impl<D: Callable> DeploymentControl<D> {
    /// [`ApplicationControl::configure`] for this deployment alone, whatever the `name` in its configuration.
    ///
    /// # Errors
    ///
    /// As [`ApplicationControl::configure`].
    pub async fn configure(&self, config: &DeploymentConfig) -> Result<()> {
        self.change(&|before| right_changes(config, before))?.await
    }
}

impl Services {
    /// Checks the whole configuration, then starts the changes.
    pub(crate) fn change(&self, config: &Config) -> Result<BoxFuture<'static, Result<()>>> {
        let graph = self
            .topology
            .compiled()
            .map_or("", |topology| topology.name);
        if !graph.is_empty() {
            config.is_for(graph)?;
        }
        let mut wrong = Vec::new();
        let mut right = Vec::new();
        for named in self.named(graph, &config.deployments) {
            let (index, config) = match named {
                Ok(named) => named,
                Err(unknown) => {
                    wrong.push(unknown);
                    continue;
                }
            };
            let service = &self.deployments[index].service;
            if let Some(before) = service.running() {
                changes(config, before, &mut wrong);
                right.push((config, service));
            }
        }
        into_result(wrong)?;
        let changes = right.into_iter().map(|(config, service)| {
            let name = config.name.clone();
            // The options may have been changed since the check, so the changes are computed again.
            let change = service.change(&|before| right_changes(config, before));
            async move { change?.await }.map(move |done| done.map_err(|error| of(&name, &error)))
        });
        let changes = join_all(changes); // all commands are sent by now
        Ok(changes.map(|done| done.into_iter().collect()).boxed())
    }
}

/// The new options and what changes in them, if all of them are valid.
fn right_changes(
    config: &DeploymentConfig,
    before: BoundOptions,
) -> Result<(BoundOptions, Changed)> {
    let mut wrong = Vec::new();
    let changes = changes(config, before, &mut wrong);
    into_result(wrong)?;
    Ok(changes)
}

/// Computes the new options and what changes in them.
fn changes(
    config: &DeploymentConfig,
    before: BoundOptions,
    wrong: &mut Vec<String>,
) -> (BoundOptions, Changed) {
    let mut next = before.clone();
    wrong.extend(apply(config, &mut next));
    let changed = Changed {
        // The number may have been changed since.
        num_replicas: config.num_replicas.is_some()
            || next.options.autoscaling_config != before.options.autoscaling_config,
        demand: demand(&next) != demand(&before),
        user_config: config.user_config.is_some()
            && user_config(&config.name, &before).ok().flatten() != config.user_config,
    };
    let is_other = next.options != before.options || changed.demand;
    if !next.is_replicated && is_other {
        wrong.push(format!(
            "deployment `{}` has no replicas, so nothing of it can be changed while it runs\n\
             help: restart it, or leave it out",
            config.name
        ));
    }
    (next, changed)
}

/// The machine resources that a replica needs, as they are set.
fn demand(bound: &BoundOptions) -> impl PartialEq + use<> {
    let options = &bound.options;
    let resources = bound.resources.clone();
    (
        options.num_cpus,
        options.num_gpus,
        options.memory,
        resources,
    )
}

/// An error of one of several deployments, with its name.
fn of(name: &str, error: &Error) -> Error {
    Error::new(error.kind(), format!("deployment `{name}`: {error}"))
}
