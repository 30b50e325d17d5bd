//! What is set where a deployment is bound; computed, so that the compiler could not check it.
//!
//! Apart from what is compiled once for each deployment of a program.

use std::borrow::Cow;

use serve_topology::{BoundDeployment, Options};

use crate::engine::UserConfig;
use crate::resources::{Demand, Wanted};
use crate::{Error, Result};

/// What can be set where a deployment is bound, as far as it is set by now.
#[derive(Clone)]
pub(crate) struct BoundOptions {
    /// What it is called everywhere: the variable that it is bound to, after those of the graphs around it, as in
    /// `ocr/detector`; in place of the variable, a name that was given with `.name(..)`.
    pub(crate) name: Cow<'static, str>,
    /// Whether it has a name that was given with `.name(..)`.
    pub(crate) is_named: bool,
    /// The variable alone, after which the nodes of the graph are called.
    pub(crate) variable: Cow<'static, str>,
    pub(crate) options: Options<'static>,
    /// In place of those of `options`.
    pub(crate) resources: Option<Vec<(String, f64)>>,
    pub(crate) user_config: Option<UserConfig>,
    /// How a file has its `user_config`, if it takes one.
    #[cfg(feature = "config")]
    pub(crate) format: Option<crate::config::probe::UserConfigFormat>,
    /// Whether its replicas have threads of their own.
    pub(crate) has_threads: bool,
    /// Whether it has replicas at all.
    #[cfg(feature = "config")]
    pub(crate) is_replicated: bool,
}

/// What is known of a deployment's type.
pub(crate) struct Described {
    pub(crate) ty: &'static str,
    pub(crate) options: &'static Options<'static>,
    #[cfg(feature = "config")]
    pub(crate) format: Option<crate::config::probe::UserConfigFormat>,
    pub(crate) has_threads: bool,
    #[cfg(feature = "config")]
    pub(crate) is_replicated: bool,
}

impl BoundOptions {
    /// As the type has them.
    pub(crate) fn new(described: Described) -> Box<Self> {
        Box::new(BoundOptions {
            name: described.options.name_or(described.ty).into(),
            is_named: false,
            variable: described.ty.into(),
            options: *described.options,
            resources: None,
            user_config: None,
            #[cfg(feature = "config")]
            format: described.format,
            has_threads: described.has_threads,
            #[cfg(feature = "config")]
            is_replicated: described.is_replicated,
        })
    }

    /// As the topology of the graph has it that binds it.
    pub(crate) fn planned(&mut self, planned: &BoundDeployment<'static>) {
        if !self.is_named {
            self.name = planned.name.into();
        }
        self.variable = planned.variable.into();
    }

    /// What its replicas need of the machine.
    ///
    /// # Errors
    ///
    /// If an option is out of range.
    pub(crate) fn wants(&self) -> Result<Wanted> {
        self.wants_as(&self.name)
    }

    /// The same, of a deployment that errors call something else.
    pub(crate) fn wants_as(&self, deployment: &str) -> Result<Wanted> {
        check(deployment, &self.options)?;
        let resources = self.resources.as_deref();
        let demand = Demand::of(&self.options, resources, self.has_threads);
        Ok(Wanted {
            deployment: deployment.into(),
            num_replicas: self.options.initial_replicas() as usize,
            demand: demand.map_err(|wrong| refused(deployment, &wrong))?,
        })
    }
}

fn check(deployment: &str, options: &Options<'_>) -> Result<()> {
    if let Some(wrong) = options.autoscaling_config.and_then(|it| it.out_of_range()) {
        return Err(refused(
            deployment,
            &format!("`autoscaling_config`: {wrong}"),
        ));
    }
    match options.out_of_range() {
        Some(wrong) => Err(refused(deployment, &wrong.to_string())),
        None => Ok(()),
    }
}

fn refused(deployment: &str, wrong: &str) -> Error {
    Error::invalid_input(format!("deployment `{deployment}`: {wrong}"))
}
