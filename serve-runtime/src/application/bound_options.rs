//! The options that are set where a deployment is bound. They are computed, so the compiler cannot check them.
//!
//! Kept apart from the code that is compiled once for each deployment of a program.

use std::borrow::Cow;

use serve_topology::{BoundDeployment, Options};

use crate::engine::UserConfig;
use crate::resources::{Demand, Wanted};
use crate::{Error, Result};

/// The options of a bound deployment, as they are set so far.
#[derive(Clone)]
pub(crate) struct BoundOptions {
    /// Its name everywhere: the variable that it is bound to, after those of the graphs around it, as in
    /// `ocr/detector`; a name that was given with `.name(..)` replaces the variable.
    pub(crate) name: Cow<'static, str>,
    /// Whether its name was given with `.name(..)`.
    pub(crate) is_named: bool,
    /// The variable alone, which is part of the names of the graph's nodes.
    pub(crate) variable: Cow<'static, str>,
    pub(crate) options: Options<'static>,
    /// If set, replaces the resources of `options`.
    pub(crate) resources: Option<Vec<(String, f64)>>,
    pub(crate) user_config: Option<UserConfig>,
    /// These options as the program has bound them, where a configuration has changed some.
    #[cfg(feature = "config")]
    pub(crate) as_bound: Option<Box<BoundOptions>>,
    /// What the options of a configuration were read from.
    #[cfg(feature = "config")]
    pub(crate) origin: crate::config::Origin,
    /// How its `user_config` is read and written, if it takes one.
    #[cfg(feature = "config")]
    pub(crate) format: Option<crate::config::probe::UserConfigFormat>,
    /// Whether its replicas have threads of their own.
    pub(crate) has_threads: bool,
    /// Whether it has replicas.
    pub(crate) is_replicated: bool,
    /// Whether each of its replicas makes one call in place at a time.
    pub(crate) is_exclusive: bool,
}

/// The properties of a deployment's type.
pub(crate) struct Described {
    pub(crate) ty: &'static str,
    pub(crate) options: &'static Options<'static>,
    #[cfg(feature = "config")]
    pub(crate) format: Option<crate::config::probe::UserConfigFormat>,
    pub(crate) has_threads: bool,
    pub(crate) is_replicated: bool,
    pub(crate) is_exclusive: bool,
}

impl BoundOptions {
    /// The options of the type.
    pub(crate) fn new(described: Described) -> Box<Self> {
        Box::new(BoundOptions {
            name: described.options.name_or(described.ty).into(),
            is_named: false,
            variable: described.ty.into(),
            options: *described.options,
            resources: None,
            user_config: None,
            #[cfg(feature = "config")]
            as_bound: None,
            #[cfg(feature = "config")]
            origin: crate::config::Origin::default(),
            #[cfg(feature = "config")]
            format: described.format,
            has_threads: described.has_threads,
            is_replicated: described.is_replicated,
            is_exclusive: described.is_exclusive,
        })
    }

    /// The options in the topology of the graph that binds it.
    pub(crate) fn planned(&mut self, planned: &BoundDeployment<'static>) {
        if !self.is_named {
            self.name = planned.name.into();
        }
        self.variable = planned.variable.into();
    }

    /// From here on a configuration may change them.
    #[cfg(not(feature = "config"))]
    pub(crate) fn remember_as_bound(&mut self) {}

    /// From here on a configuration may change them.
    #[cfg(feature = "config")]
    pub(crate) fn remember_as_bound(&mut self) {
        if self.as_bound.is_none() {
            self.as_bound = Some(Box::new(self.clone()));
        }
    }

    /// As the program has bound them, whatever a configuration has changed.
    #[cfg(feature = "config")]
    pub(crate) fn as_bound(&self) -> Self {
        let mut bound = self.as_bound.as_deref().unwrap_or(self).clone();
        bound.remember_as_bound();
        bound
    }

    /// The resources that its replicas need.
    ///
    /// # Errors
    ///
    /// If an option is out of range.
    pub(crate) fn wants(&self) -> Result<Wanted> {
        self.wants_as(&self.name)
    }

    /// As [`Self::wants`], for a deployment with another name in errors.
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
