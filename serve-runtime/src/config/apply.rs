//! Reads an application's options into a configuration, and applies one.

use std::collections::HashSet;

use serde_json::Value;
use serve_topology::nearest;

use super::file::{Config, DeploymentConfig};
use super::{Setting, options};
use crate::application::bound_options::BoundOptions;
use crate::application::{Application, Services};
use crate::graph::Graph;
use crate::{Error, Result};

impl<G: Graph> Application<G> {
    /// The present options of all deployments, as a file has them. The command `build` writes those that are
    /// [set](Config::set_only).
    /// [`config`](crate::config) has an example.
    ///
    /// A `user_config` whose type is not [`serde::Serialize`] is left out, which keeps the bound one, and a
    /// warning is logged. A deployment that is replaced by a fake is left out as well.
    ///
    /// # Errors
    ///
    /// If a `user_config` cannot be written: its `Serialize` fails, or a number in it is not finite.
    pub fn config(&self) -> Result<Config> {
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
        Ok(Config {
            name: Some(G::TOPOLOGY.name.to_owned()),
            deployments,
            ..Config::default()
        })
    }

    /// Sets the options that a configuration has; the others stay as they are bound. The command `run --config`
    /// does this. [`config`](crate::config) has an example.
    ///
    /// # Errors
    ///
    /// If it is for another application, names an unknown deployment, has an option out of range, or has a
    /// `user_config` that `reconfigure` does not take. One error lists everything that is wrong.
    pub fn with_config(mut self, config: &Config) -> Result<Self> {
        let graph = G::TOPOLOGY.name;
        let configured = config.is_for(graph);
        let configured =
            configured.and_then(|()| self.services.configure(graph, &config.deployments));
        configured.map_err(|error| config.places.in_file(error))?;
        Ok(self)
    }
}

impl Services {
    fn configure(&mut self, graph: &str, configs: &[DeploymentConfig]) -> Result<()> {
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
        into_result(wrong)
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

impl Config {
    pub(super) fn is_for(&self, graph: &str) -> Result<()> {
        match self.name.as_deref() {
            Some(name) if name != graph => Err(Error::invalid_input(format!(
                "{}the configuration is for `{name}`, but this is `{graph}`\n\
                 help: leave out its `name`, if it is meant for both",
                self.places.of("name")
            ))),
            _ => Ok(()),
        }
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
        && let Err(error) = reconfigure(name, bound, value)
    {
        wrong.push(error);
    }
    wrong.iter().map(|wrong| config.located(wrong)).collect()
}

fn reconfigure(name: &str, bound: &mut BoundOptions, value: &Value) -> Result<(), String> {
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
        format!("deployment `{name}`: `user_config{path}`: {message}\nnote: it is a `{ty}`")
    });
    bound.user_config = Some(read?);
    Ok(())
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
