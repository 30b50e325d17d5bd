//! Reads an application's options into a configuration, and applies one.

use std::collections::HashSet;
use std::sync::atomic::Ordering;

use serde_json::Value;
use serve_topology::nearest;

use super::deployment::DeploymentConfig;
use super::file::ApplicationConfig;
use super::{Setting, options};
use crate::application::bound_options::BoundOptions;
use crate::application::{Application, ApplicationControl, Fixed, ServedAt, Services};
use crate::graph::Graph;
use crate::{Error, Result};

impl<G: Graph> Application<G> {
    /// Its present options, as a file has them. The command `build` writes those that are
    /// [set](crate::config::Config::set_only). [`config`](crate::config) has an example.
    ///
    /// A `user_config` whose type is not [`serde::Serialize`] is left out, which keeps the bound one, and a
    /// warning is logged. A deployment that is replaced by a fake is left out as well.
    ///
    /// # Errors
    ///
    /// If a `user_config` cannot be written: its `Serialize` fails, or a number in it is not finite.
    pub fn config(&self) -> Result<ApplicationConfig> {
        let mut deployments = Vec::new();
        let mut wrong = Vec::new();
        for placed in &self.services.deployments {
            let Some(bound) = placed.service.options() else {
                continue;
            };
            let mut config = options::written(placed.name.clone(), bound);
            match user_config(&config.name, bound) {
                Ok(user_config) => config.user_config = user_config,
                Err(error) => wrong.push(error),
            }
            deployments.push(config);
        }
        into_result(wrong)?;
        Ok(ApplicationConfig {
            name: Some(self.name_or_graph().to_owned()),
            route_prefix: self.prefix().map(str::to_owned).into(),
            import_path: Some(import_path(G::TOPOLOGY.name)),
            deployments,
            external_scaler_enabled: self.services.external_scaler().then_some(true),
            origin: self.origin.clone(),
            ..ApplicationConfig::default()
        })
    }

    /// Sets the options that a configuration has; the others stay as they are bound. The command `run --config`
    /// does this. [`config`](crate::config) has an example.
    ///
    /// # Errors
    ///
    /// If it is for another application, has `args`, names an unknown deployment, has an option out of range, or has a
    /// `user_config` that `reconfigure` does not take. One error lists everything that is wrong.
    pub fn with_config(mut self, config: &ApplicationConfig) -> Result<Self> {
        self.configure(config)
            .map_err(|error| config.origin.in_file(error))?;
        Ok(self)
    }

    fn configure(&mut self, config: &ApplicationConfig) -> Result<()> {
        let name = self.name_or_graph().to_owned();
        config.is_for(&name)?;
        let mut wrong = config
            .arguments(&name)
            .err()
            .into_iter()
            .collect::<Vec<_>>();
        wrong.extend(
            self.services
                .configure(G::TOPOLOGY.name, &config.deployments),
        );
        wrong.extend(self.services.set_external_scaler(&name, config));
        let bound_at = || self.served_at.clone();
        self.bound_at = Some(self.bound_at.take().unwrap_or_else(bound_at));
        match &config.route_prefix {
            Setting::Keep => {}
            Setting::Clear => self.served_at = ServedAt::Nowhere,
            Setting::Set(prefix) => self.served_at = ServedAt::Prefix(prefix.clone()),
        }
        self.origin = self.origin.followed_by(&config.origin);
        into_result(wrong)
    }
}

/// How a file names a graph. The crate that it is in is not known.
pub(crate) fn import_path(graph: &str) -> String {
    format!("{graph}:{graph}")
}

impl ApplicationControl {
    /// The options of all deployments that are in force now, as [`Application::config`].
    ///
    /// # Errors
    ///
    /// If the application has been shut down, or a `user_config` cannot be written.
    pub fn config(&self) -> Result<ApplicationConfig> {
        let services = self.services()?;
        let mut deployments = Vec::new();
        for placed in &services.deployments {
            if let Some(bound) = placed.service.running() {
                let mut config = options::written(placed.name.clone(), &bound);
                let user_config = user_config(&config.name, &bound);
                config.user_config = user_config.map_err(Error::failed)?;
                deployments.push(config);
            }
        }
        Ok(ApplicationConfig {
            deployments,
            ..ApplicationConfig::default()
        })
    }
}

impl Services {
    /// Sets the options of deployments, and returns what is wrong.
    fn configure(&mut self, graph: &str, configs: &[DeploymentConfig]) -> Vec<String> {
        let mut wrong = Vec::new();
        for named in self.named(graph, configs) {
            let (index, config) = match named {
                Ok(named) => named,
                Err(unknown) => {
                    wrong.push(unknown);
                    continue;
                }
            };
            let placed = &mut self.deployments[index];
            // No option applies to a fake.
            if let Some(bound) = placed.service.options_mut() {
                bound.remember_as_bound();
                wrong.extend(apply(config, bound));
                self.topology.configured(&placed.path, bound.options);
            }
        }
        wrong
    }

    /// Whether numbers of replicas may be set from outside.
    pub(crate) fn external_scaler(&self) -> bool {
        self.external_scaler_enabled.load(Ordering::Relaxed)
    }

    /// Sets that of an application that does not run yet, and returns what is wrong.
    fn set_external_scaler(&self, name: &str, config: &ApplicationConfig) -> Option<String> {
        if let Some(is_enabled) = config.external_scaler_enabled {
            let enabled = &self.external_scaler_enabled;
            enabled.store(is_enabled, Ordering::Relaxed);
        }
        let options = self.deployments.iter();
        let options = options.filter_map(|it| Some((&*it.name, it.service.options()?)));
        config.beside_autoscaling(name, self.external_scaler(), options)
    }

    /// Finds the deployments that the configuration names.
    pub(super) fn named<'c>(
        &self,
        graph: &str,
        configs: &'c [DeploymentConfig],
    ) -> Vec<Result<(usize, &'c DeploymentConfig), String>> {
        let mut seen = HashSet::new();
        let named = configs.iter().map(|config| {
            let name = &config.name;
            let index = self.position(name).ok_or_else(|| {
                let names: Vec<&str> = self.names().collect();
                config.located(&unknown(graph, name, &names))
            })?;
            if !seen.insert(index) {
                return Err(config.located(&format!("deployment `{name}` is given twice")));
            }
            Ok((index, config))
        });
        named.collect()
    }
}

impl ApplicationConfig {
    pub(super) fn is_for(&self, name: &str) -> Result<()> {
        match self.name.as_deref() {
            Some(other) if other != name => Err(self.refused(
                "name",
                &format!(
                    "the configuration is for `{other}`, but this is `{name}`\n\
                     help: leave out its `name`, if it is meant for both"
                ),
            )),
            _ => Ok(()),
        }
    }

    /// An application that is bound in code has its arguments.
    pub(super) fn arguments(&self, name: &str) -> Result<(), String> {
        match self.args.is_empty() {
            true => Ok(()),
            false => Err(self.located(
                "args",
                &format!(
                    "application `{name}` takes no `args`: its arguments are set in code\nhelp: remove them"
                ),
            )),
        }
    }

    /// It is served where it was when it began to run.
    pub(super) fn stays_at(&self, fixed: &Fixed) -> Result<(), String> {
        let wanted = match &self.route_prefix {
            Setting::Keep => fixed.bound_prefix.as_deref(),
            Setting::Clear => None,
            Setting::Set(prefix) => Some(&**prefix),
        };
        if wanted == fixed.route_prefix.as_deref() {
            return Ok(());
        }
        let shown = |prefix: Option<&str>| {
            prefix.map_or_else(|| "null".to_owned(), |prefix| format!("`{prefix}`"))
        };
        let message = format!(
            "application `{}`: its `route_prefix` cannot change from {} to {} while it runs\nhelp: restart the server",
            fixed.name,
            shown(fixed.route_prefix.as_deref()),
            shown(wanted)
        );
        Err(self.located("route_prefix", &message))
    }

    /// What is wrong if numbers of replicas are set from outside and from inside.
    pub(super) fn beside_autoscaling<'b>(
        &self,
        name: &str,
        external_scaler: bool,
        mut options: impl Iterator<Item = (&'b str, &'b BoundOptions)>,
    ) -> Option<String> {
        let scaled = options.find(|(_, it)| it.options.autoscaling_config.is_some());
        let (deployment, _) = scaled.filter(|_| external_scaler)?;
        let message = format!(
            "application `{name}`: with `external_scaler_enabled` no deployment may have an `autoscaling_config`, but \
             `{deployment}` has one\nhelp: remove one of the two"
        );
        Some(self.located("external_scaler_enabled", &message))
    }
}

/// Applies every valid option, and returns what is wrong with the rest.
pub(super) fn apply(config: &DeploymentConfig, bound: &mut BoundOptions) -> Vec<String> {
    let name = &config.name;
    let mut wrong = Vec::new();
    if config.num_replicas.is_some() && matches!(config.autoscaling_config, Setting::Set(_)) {
        wrong.push(format!(
            "deployment `{name}`: `num_replicas` is given beside an `autoscaling_config`, which takes its place\n\
             help: remove one of the two"
        ));
    }
    let idle = config.idle_without_replicas();
    if !bound.is_replicated && !idle.is_empty() {
        let idle = idle.join("`, `");
        wrong.push(format!(
            "deployment `{name}` is an `async fn` without a limit, which has no replicas: `{idle}` would have no effect\n\
             help: put `#[deployment(max_ongoing_requests = ..)]` on the function, or remove what does nothing"
        ));
    }
    let out_of_range = options::apply(config, bound);
    wrong.extend(
        out_of_range
            .iter()
            .map(|it| format!("deployment `{name}`: {it}")),
    );
    if let Err(error) = bound.wants_as(name) {
        wrong.push(error.to_string());
    }
    if let Some(value) = &config.user_config
        && let Err(error) = reconfigure(config, bound, value)
    {
        wrong.push(error);
    }
    bound.origin = bound.origin.followed_by(&config.origin);
    wrong.iter().map(|wrong| config.located(wrong)).collect()
}

fn reconfigure(
    config: &DeploymentConfig,
    bound: &mut BoundOptions,
    value: &Value,
) -> Result<(), String> {
    let name = &config.name;
    let Some(format) = &bound.format else {
        return Err(format!(
            "deployment `{name}` has no `reconfigure`, so it takes no `user_config`\n\
             help: write `fn reconfigure(&mut self, config: ..)` in its `#[deployment]` impl block, or remove \
             the `user_config`"
        ));
    };
    let ty = format.type_name;
    let read = format.read.ok_or_else(|| {
        format!(
            "deployment `{name}`: its `user_config` is a `{ty}`, which cannot be read from a file\n\
             help: derive `serde::Deserialize` for it"
        )
    })?;
    let read = read(value).map_err(|(path, message)| {
        let message = unquoted(config, &path).unwrap_or(message);
        format!("deployment `{name}`: `user_config{path}`: {message}\nnote: it is a `{ty}`")
    });
    bound.user_config = Some(read?);
    Ok(())
}

/// A message in place of one that may quote the value of a variable.
fn unquoted(config: &DeploymentConfig, path: &str) -> Option<String> {
    let whole = config.origin.node().get("user_config")?;
    let sources = whole.at_path(path).unwrap_or(whole).sources();
    let sources = (!sources.is_empty()).then(|| sources.join("`, `"))?;
    Some(format!("a value from `{sources}` does not fit"))
}

pub(super) fn user_config(name: &str, bound: &BoundOptions) -> Result<Option<Value>, String> {
    let (Some(config), Some(format)) = (&bound.user_config, &bound.format) else {
        return Ok(None);
    };
    let Some(write) = format.write else {
        tracing::warn!(
            "deployment `{name}`: its `user_config` is left out, as a `{}` cannot be written to a file; derive \
             `serde::Serialize` for it",
            format.type_name
        );
        return Ok(None);
    };
    write(config).map(Some).map_err(|message| {
        format!("deployment `{name}`: its `user_config` cannot be written to a file: {message}")
    })
}

fn unknown(graph: &str, name: &str, names: &[&str]) -> String {
    let inside = format!("{name}/");
    let known = || names.iter().copied();
    let help = match known().find(|known| known.starts_with(&inside)) {
        Some(inner) => {
            format!("\nhelp: `{name}` is a graph of its own: name what it binds, as in `{inner}`")
        }
        None => match nearest(name, known()) {
            Some(nearest) => format!("\nhelp: did you mean `{nearest}`?"),
            None => String::new(),
        },
    };
    format!(
        "graph `{graph}` has no deployment `{name}`\nnote: it has `{}`{help}",
        names.join("`, `")
    )
}

pub(super) fn into_result(errors: Vec<String>) -> Result<()> {
    match errors.is_empty() {
        true => Ok(()),
        false => Err(Error::invalid_input(errors.join("\n"))),
    }
}
