//! Applies a configuration to an application that already runs: all of it, or nothing.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, join_all};
use tokio::runtime::Handle;

use super::apply::{apply, into_result, user_config};
use super::deployment::DeploymentConfig;
use super::difference::{changed, difference, is_same};
use super::file::ApplicationConfig;
use super::origin::Origin;
use crate::application::bound_options::BoundOptions;
use crate::application::{ApplicationControl, Services};
use crate::controller::Changed;
use crate::deployment::Callable;
use crate::{DeploymentControl, Error, Result};

impl ApplicationControl {
    /// Brings this configuration into force while calls continue. Resolves when all of it is done; it is done even if
    /// the returned future is dropped.
    ///
    /// Options and deployments that the configuration leaves out are as the program has bound them, whatever an earlier
    /// configuration said; a number of replicas that it leaves out is what scaling has made of it, if the earlier one left
    /// it out as well. Replicas are kept. If the `user_config` differs, they are
    /// [reconfigured](DeploymentControl::reconfigure); if they need other resources of the machine, they are
    /// replaced, as by [`DeploymentControl::update`]. The application is served where it was: a `route_prefix` that would
    /// change that is an error. The graph's `slo_ms`, `max_cpus` and `max_gpus` are not checked
    /// again.
    ///
    /// # Errors
    ///
    /// As [`Application::with_config`](crate::Application::with_config), if another option is given to a
    /// deployment that has no replicas, and if the machine has no room for the replicas; nothing is changed then. If
    /// `reconfigure` returns an error or a replica cannot be built, everything is made as it was before that error is
    /// returned.
    pub async fn configure(&self, config: &ApplicationConfig) -> Result<()> {
        // In a statement of its own: a control does not keep the application running while it waits.
        let changes = carry_out(vec![self.services()?.plan(config)?]);
        changes.await
    }
}

impl<D: Callable> DeploymentControl<D> {
    /// Changes the options that the configuration has, of this deployment alone, whatever the `name` in it. Those that
    /// it leaves out stay as they are.
    ///
    /// # Errors
    ///
    /// As [`ApplicationControl::configure`].
    pub async fn configure(&self, config: &DeploymentConfig) -> Result<()> {
        let configured = self.configure_alone(config).await;
        configured.map_err(|error| config.origin.in_file(error))
    }

    async fn configure_alone(&self, config: &DeploymentConfig) -> Result<()> {
        let before = self.running();
        let mut part = Part::new(config, before.clone(), before)?;
        part.num_replicas = self.status().target_num_replicas;
        if part.needs_room() {
            self.check_room(&part.after, part.wanted())?;
        }
        let done = self.change(&|now| part.next(now.clone(), now))?.await;
        let Err(error) = done else { return Ok(()) };
        let undone = match self.change(&|now| part.undo(now, &error)) {
            Ok(undoes) => undoes.await,
            Err(error) => Err(error),
        };
        Err(with_note(&error, undone))
    }
}

/// What a configuration changes of one deployment.
struct Part {
    index: usize,
    config: DeploymentConfig,
    before: BoundOptions,
    after: BoundOptions,
    changed: Changed,
    /// How many replicas it should have before.
    num_replicas: u32,
}

impl Part {
    fn new(config: &DeploymentConfig, from: BoundOptions, before: BoundOptions) -> Result<Self> {
        let mut wrong = Vec::new();
        let (after, changed) = changes(config, from, &before, &mut wrong);
        into_result(wrong)?;
        Ok(Part {
            index: 0,
            config: config.clone(),
            num_replicas: before.options.num_replicas,
            before,
            after,
            changed,
        })
    }

    /// The options, and what changes in them. They may have been changed since the check, so it is computed again.
    fn next(&self, from: BoundOptions, now: BoundOptions) -> Result<(BoundOptions, Changed)> {
        let part = Part::new(&self.config, from, now)?;
        Ok((part.after, part.changed))
    }

    /// The options before, unless others have been set meanwhile.
    fn undo(&self, now: BoundOptions, error: &Error) -> Result<(BoundOptions, Changed)> {
        if !is_same(&now, &self.after) {
            return Ok((now, Changed::default()));
        }
        let mut before = self.before.clone();
        if before.options.autoscaling_config.is_none() {
            before.options = before.options.num_replicas(self.num_replicas);
        }
        let undoes = Some(format!("{error:?}").into());
        let changed = changed(&now, &before);
        Ok((before, Changed { undoes, ..changed }))
    }

    /// How many replicas it should have after it.
    fn wanted(&self) -> u32 {
        let options = &self.after.options;
        match options.autoscaling_config {
            Some(config) => self
                .num_replicas
                .clamp(config.min_replicas, config.max_replicas),
            None if self.changed.num_replicas => options.num_replicas,
            None => self.num_replicas,
        }
    }

    fn needs_room(&self) -> bool {
        self.changed.demand || self.wanted() > self.num_replicas
    }

    /// The place in the file of what has failed if replicas cannot follow. Where they are only given another
    /// `user_config`, it is that; else one may not have been built, for whatever reason.
    fn place_of_failure(&self) -> String {
        let option = match self.changed.user_config && !self.needs_room() {
            true => "user_config",
            false => "name",
        };
        self.config.origin.place_of(option)
    }

    fn is_needed(&self) -> bool {
        !is_same(&self.after, &self.before)
            || self.changed.user_config
            || self.wanted() != self.num_replicas
    }
}

/// The changes of one application, checked.
pub(crate) struct Plan {
    services: Arc<Services>,
    parts: Vec<Part>,
    external_scaler: bool,
    origin: Origin,
}

/// Changes that have begun.
struct Begun {
    services: Weak<Services>,
    parts: Vec<Part>,
    /// As it was before.
    external_scaler: bool,
}

/// Begins all changes, and undoes all of them if one fails. It goes on if the caller does not wait.
pub(crate) fn carry_out(plans: Vec<Plan>) -> BoxFuture<'static, Result<()>> {
    let begun: Vec<_> = plans.into_iter().map(Plan::begin).collect(); // all commands are sent by now
    let (begun, changes): (Vec<Begun>, Vec<_>) = begun.into_iter().unzip();
    let all = async move {
        let done: Result<()> = join_all(changes).await.into_iter().collect();
        let Err(error) = done else { return Ok(()) };
        let undoes: Vec<_> = begun.iter().map(|begun| begun.undo(&error)).collect();
        if undoes.iter().all(Option::is_none) {
            return Err(error); // all have been shut down
        }
        let undone = join_all(undoes.into_iter().flatten()).await;
        Err(with_note(&error, undone.into_iter().collect()))
    };
    match Handle::try_current() {
        Ok(runtime) => {
            let all = runtime.spawn(all);
            let ended = |_| Err(Error::unavailable("the runtime has been shut down"));
            async move { all.await.unwrap_or_else(ended) }.boxed()
        }
        Err(_) => all.boxed(),
    }
}

impl Plan {
    /// The name of the application.
    #[cfg(feature = "control")]
    pub(crate) fn application(&self) -> &str {
        let fixed = self.services.fixed.as_ref();
        fixed.map_or("", |fixed| &fixed.name)
    }

    /// Each deployment that changes, by which means, and how.
    #[cfg(feature = "control")]
    pub(crate) fn changes(&self) -> impl Iterator<Item = (String, &'static str, Vec<String>)> {
        self.parts
            .iter()
            .filter(|part| part.is_needed())
            .map(|part| {
                let changed = &part.changed;
                let how = match () {
                    () if changed.demand => "rolling update",
                    () if changed.user_config => "reconfigured",
                    () => "in place",
                };
                let name = self.services.deployments[part.index].name.clone();
                let changes = difference(&part.before, &part.after, changed.user_config);
                (name, how, changes)
            })
    }

    /// Sends the commands. The future resolves when they are done.
    fn begin(self) -> (Begun, BoxFuture<'static, Result<()>>) {
        let Plan {
            services,
            parts,
            external_scaler,
            origin,
        } = self;
        for part in &parts {
            let changes = difference(&part.before, &part.after, part.changed.user_config);
            let deployment = &services.deployments[part.index].name;
            tracing::info!(deployment, "its options change: {}", changes.join(", "));
        }
        let changes: Vec<_> = parts
            .iter()
            .map(|part| {
                let place = part.place_of_failure();
                let name = part.config.name.clone();
                let service = &services.deployments[part.index].service;
                let change = service.change(&|now| part.next(now.as_bound(), now));
                let change = async move { change?.await };
                change.map(move |done| done.map_err(|error| of(&place, &name, &error)))
            })
            .collect();
        let enabled = &services.external_scaler_enabled;
        let begun = Begun {
            external_scaler: enabled.swap(external_scaler, Ordering::Relaxed),
            services: Arc::downgrade(&services),
            parts,
        };
        let all = async move {
            let done: Result<()> = join_all(changes).await.into_iter().collect();
            done.map_err(|error| origin.in_file(error))
        };
        (begun, all.boxed())
    }
}

impl Begun {
    /// Makes everything as it was before, unless the application has been shut down.
    fn undo(&self, error: &Error) -> Option<BoxFuture<'static, Result<()>>> {
        let services = self.services.upgrade()?;
        let enabled = &services.external_scaler_enabled;
        enabled.store(self.external_scaler, Ordering::Relaxed);
        Some(services.undo(&self.parts, error).boxed())
    }
}

impl Services {
    /// Checks the whole configuration.
    pub(crate) fn plan(self: &Arc<Self>, config: &ApplicationConfig) -> Result<Plan> {
        let parts = self.parts(config);
        let parts = parts.map_err(|error| config.origin.in_file(error))?;
        Ok(Plan {
            services: Arc::clone(self),
            parts,
            external_scaler: config.external_scaler_enabled.unwrap_or_default(),
            origin: config.origin.clone(),
        })
    }

    /// What it changes, checked.
    fn parts(&self, config: &ApplicationConfig) -> Result<Vec<Part>> {
        let graph = self.topology.compiled();
        let graph = graph.map_or("", |topology| topology.name);
        let mut wrong = Vec::new();
        let name = match &self.fixed {
            Some(fixed) => {
                config.is_for(&fixed.name)?;
                wrong.extend(config.arguments(&fixed.name).err());
                wrong.extend(config.stays_at(fixed).err());
                fixed.name.as_str()
            }
            None => graph,
        };
        let mut given = vec![None; self.deployments.len()];
        for named in self.named(graph, &config.deployments) {
            match named {
                Ok((index, config)) => given[index] = Some(config),
                Err(unknown) => wrong.push(unknown),
            }
        }
        let mut parts = Vec::new();
        for (index, (placed, config)) in self.deployments.iter().zip(given).enumerate() {
            let Some(before) = placed.service.running() else {
                continue;
            };
            let left_out = || DeploymentConfig {
                name: placed.name.clone(),
                ..DeploymentConfig::default()
            };
            let config = config.cloned().unwrap_or_else(left_out);
            match Part::new(&config, before.as_bound(), before) {
                Ok(part) => parts.push(Part {
                    index,
                    num_replicas: self.target(index).unwrap_or(part.num_replicas),
                    ..part
                }),
                Err(error) => wrong.push(error.message().to_owned()),
            }
        }
        let external_scaler = config.external_scaler_enabled.unwrap_or_default();
        let after = parts.iter().map(|part| (&*part.config.name, &part.after));
        wrong.extend(config.beside_autoscaling(name, external_scaler, after));
        into_result(wrong)?;
        self.check_room(&parts)?;
        parts.retain(Part::is_needed);
        Ok(parts)
    }

    /// How many replicas a deployment should have now.
    fn target(&self, index: usize) -> Option<u32> {
        let status = self.deployments[index].service.status()?;
        Some(status.target_num_replicas)
    }

    /// Whether the machine has room for all of it, if it needs more than before.
    fn check_room(&self, parts: &[Part]) -> Result<()> {
        if !parts.iter().any(Part::needs_room) {
            return Ok(());
        }
        let wanted: Result<Vec<_>> = parts
            .iter()
            .map(|part| {
                let mut wants = part.after.wants()?;
                wants.num_replicas = part.wanted() as usize;
                Ok(wants)
            })
            .collect();
        self.resources.check(&wanted?)
    }

    /// Makes everything as it was before.
    fn undo(
        &self,
        parts: &[Part],
        error: &Error,
    ) -> impl Future<Output = Result<()>> + Send + use<> {
        let undone: Vec<_> = parts
            .iter()
            .map(|part| {
                let service = &self.deployments[part.index].service;
                let undone = service.change(&|now| part.undo(now, error));
                async move { undone?.await }
            })
            .collect(); // all commands are sent by now
        join_all(undone).map(|all| all.into_iter().collect())
    }
}

/// Computes the new options and what changes in them.
fn changes(
    config: &DeploymentConfig,
    from: BoundOptions,
    before: &BoundOptions,
    wrong: &mut Vec<String>,
) -> (BoundOptions, Changed) {
    let mut next = from;
    wrong.extend(apply(config, &mut next));
    // An equal `user_config` is the same one.
    if config.user_config.is_some()
        && user_config(&config.name, before).ok().flatten() == config.user_config
    {
        next.user_config = before.user_config.clone();
    }
    let changed = changed(before, &next);
    let is_other = next.options != before.options || changed.demand;
    if !next.is_replicated && is_other {
        wrong.push(config.located(&format!(
            "deployment `{}` has no replicas, so nothing of it can be changed while it runs\n\
             help: restart it, or leave it out",
            config.name
        )));
    }
    // The number may have been changed since it was set.
    let num_replicas = changed.num_replicas || config.num_replicas.is_some();
    (
        next,
        Changed {
            num_replicas,
            ..changed
        },
    )
}

/// An error of one of several deployments, with its name and the place in the file that it is about.
fn of(place: &str, name: &str, error: &Error) -> Error {
    let message = format!("{place}deployment `{name}`: {error}");
    Error::new(error.kind(), message)
}

/// Says what became of a change that has failed.
fn with_note(error: &Error, undone: Result<()>) -> Error {
    let note = match undone {
        Ok(()) => "what was before is in force again".to_owned(),
        Err(error) => format!("what was before could not be restored: {error}"),
    };
    Error::new(error.kind(), format!("{error}\nnote: {note}"))
}
