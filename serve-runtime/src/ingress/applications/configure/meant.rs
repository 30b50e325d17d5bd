//! Finds what the applications of a configuration are: some that are there, or new ones of a graph that is known.

use std::sync::Arc;

use serve_topology::nearest;

use crate::config::{ApplicationConfig, Config, import_path};
use crate::ingress::applications::program::AnyProgram;
use crate::ingress::applications::served::AnyApplication;
use crate::{Error, Result};

use super::all;

/// What there is for a configuration to name.
pub(super) struct Known<'k> {
    pub(super) applications: &'k [Arc<dyn AnyApplication>],
    pub(super) programs: &'k [Arc<dyn AnyProgram>],
}

/// An application of a configuration.
pub(super) struct Meant<'k> {
    pub(super) config: &'k ApplicationConfig,
    /// Its name.
    pub(super) name: String,
    /// The one that is there by that name.
    pub(super) present: Option<&'k Arc<dyn AnyApplication>>,
    pub(super) program: &'k Arc<dyn AnyProgram>,
    /// What is odd about it.
    pub(super) warning: Option<String>,
}

impl<'k> Known<'k> {
    /// All applications of a configuration, or what is wrong with any of them.
    pub(super) fn meant(&self, config: &'k Config) -> Result<Vec<Meant<'k>>> {
        config.check()?;
        let applications = config.applications.iter();
        let meant = all(applications.map(|application| self.one(application)));
        meant.map_err(|error| config.in_file(error))
    }

    fn one(&self, config: &'k ApplicationConfig) -> Result<Meant<'k>> {
        let present = self.present(config)?;
        let (program, warning) = self.program(config, present)?;
        let name = config.name.clone();
        let name = name.or_else(|| present.map(|present| present.name().to_owned()));
        Ok(Meant {
            config,
            name: name.unwrap_or_else(|| program.graph().to_owned()),
            present,
            program,
            warning,
        })
    }

    /// The application of that name. Without one it is the only one, if there is any.
    fn present(&self, config: &ApplicationConfig) -> Result<Option<&'k Arc<dyn AnyApplication>>> {
        let Some(name) = config.name.as_deref() else {
            return match self.applications {
                [] => Ok(None),
                [only] => Ok(Some(only)),
                several => {
                    let names: Vec<&str> = several.iter().map(|it| it.name()).collect();
                    let known = names.join("`, `");
                    let message = format!(
                        "the configuration's `name` must be that of an application: `{known}`"
                    );
                    Err(config.refused("name", &message))
                }
            };
        };
        let mut all = self.applications.iter();
        Ok(all.find(|application| application.name() == name))
    }

    /// The graph that it is of: that of its `import_path`, of the application that is there, or the only one.
    fn program(
        &self,
        config: &ApplicationConfig,
        present: Option<&Arc<dyn AnyApplication>>,
    ) -> Result<(&'k Arc<dyn AnyProgram>, Option<String>)> {
        let of = |graph: &str| {
            self.programs
                .iter()
                .find(|program| program.graph() == graph)
        };
        let Some(wanted) = config.import_path.as_deref() else {
            let program = match (present, self.programs) {
                (Some(present), _) => of(present.topology().name),
                _ => None,
            };
            return program
                .map(|program| (program, None))
                .ok_or_else(|| self.unknown(config));
        };
        let graph = wanted.rsplit([':', '.']).next().unwrap_or(wanted);
        match (of(graph), self.programs) {
            (Some(program), _) => Ok((program, None)),
            (None, [only]) => {
                let mine = import_path(only.graph());
                let message = format!(
                    "`import_path` `{wanted}` is not known here: the only graph, `{mine}`, is meant"
                );
                Ok((only, Some(config.located("import_path", &message))))
            }
            (None, _) => {
                let graphs = self.graphs();
                let message = format!(
                    "no graph has the `import_path` `{wanted}`\nnote: the graphs are `{graphs}`"
                );
                Err(config.refused("import_path", &message))
            }
        }
    }

    /// The error for a name that no application has, without an `import_path` for a new one.
    fn unknown(&self, config: &ApplicationConfig) -> Error {
        let name = config.name.as_deref().unwrap_or_default();
        let names: Vec<&str> = self.applications.iter().map(|it| it.name()).collect();
        let there = match &names[..] {
            [] => "there is none".to_owned(),
            names => format!("the applications are `{}`", names.join("`, `")),
        };
        let help = match nearest(name, names.iter().copied()) {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => format!(
                "for a new one, set its `import_path` to a graph: `{}`",
                self.graphs()
            ),
        };
        let message = format!("no application is named `{name}`\nnote: {there}\nhelp: {help}");
        config.refused("name", &message)
    }

    fn graphs(&self) -> String {
        let graphs = self.programs.iter();
        let graphs: Vec<String> = graphs.map(|program| import_path(program.graph())).collect();
        graphs.join("`, `")
    }
}

impl Meant<'_> {
    /// A new application of it, not deployed.
    ///
    /// # Errors
    ///
    /// If its arguments or its options are wrong.
    pub(super) fn made(&self) -> Result<Arc<dyn AnyApplication>> {
        let config = self.config;
        let made = self.program.make(&self.name, config.args.clone());
        let made = made.map_err(|error| config.refused("args", error.message()))?;
        made.apply(&config.without_arguments())?;
        Ok(made)
    }
}

/// The error for applications that cannot be served together, where a new one is the cause: a name that is wrong makes one.
pub(super) fn of_a_new_one(
    meant: &[Meant<'_>],
    applications: &[Arc<dyn AnyApplication>],
) -> Option<Error> {
    let new = meant.iter().filter(|meant| meant.present.is_none());
    let mut wrong = new.filter_map(|meant| {
        let name = &meant.name;
        let application = applications.iter().find(|it| it.name() == name)?;
        let mut others = applications.iter().filter(|it| it.name() != name);
        let (other, route) = others.find_map(|other| {
            let mut routes = application.routes().iter();
            let route = routes.find(|route| other.routes().contains(route))?;
            Some((other.name(), route))
        })?;
        let names = applications.iter().map(|it| it.name());
        let names: Vec<&str> = names.filter(|it| it != name).collect();
        let known = names.join("`, `");
        let help = match nearest(name, names.iter().copied()) {
            Some(nearest) => format!("did you mean `{nearest}`? "),
            None => String::new(),
        };
        let message = format!(
            "no application is named `{name}`, and a new one cannot be served at `{route}`, where `{other}` is\n\
             note: the applications are `{known}`\nhelp: {help}A new one needs another `route_prefix`"
        );
        Some(meant.config.refused("name", &message))
    });
    wrong.next()
}
