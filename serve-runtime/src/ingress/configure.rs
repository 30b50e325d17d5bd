//! Applies a configuration to the applications of a server: to all of them, or to none.

use futures_util::future::BoxFuture;
use serve_topology::nearest;

use super::applications::Applications;
use super::served::AnyApplication;
use crate::config::{ApplicationConfig, Config, Plan, carry_out, import_path};
use crate::{Error, Result};

/// The options of each application, and warnings about them.
struct Meant<'c> {
    configs: Vec<Option<&'c ApplicationConfig>>,
    warnings: Vec<String>,
}

impl Applications {
    /// Sets the options of the applications before they are deployed.
    pub(crate) fn apply(&self, config: &Config) -> Result<()> {
        let meant = self.meant(config)?;
        config.warn(&meant.warnings)?;
        let configs = self.iter().zip(meant.configs);
        let applied = configs.filter_map(|(application, config)| Some((application, config?)));
        all(applied.map(|(application, config)| application.apply(config)))?;
        self.check().map_err(|error| config.in_file(error))
    }

    /// Changes the options of the applications while they run. Those that are left out are as they are bound.
    pub(super) fn configure(&self, config: &Config) -> Result<BoxFuture<'static, Result<()>>> {
        let meant = self.meant(config)?;
        let nothing = ApplicationConfig::default();
        let configs = self.iter().zip(meant.configs);
        let plans =
            configs.map(|(application, config)| application.plan(config.unwrap_or(&nothing)));
        let plans: Vec<Plan> = all(plans)?;
        config.warn(&meant.warnings)?;
        Ok(carry_out(plans))
    }

    /// Finds the applications that are named.
    fn meant<'c>(&self, config: &'c Config) -> Result<Meant<'c>> {
        config.check()?;
        let mut meant = Meant {
            configs: self.iter().map(|_| None).collect(),
            warnings: Vec::new(),
        };
        let found = all(config.applications.iter().map(|config| {
            let index = self.named(config)?;
            let warning = self.has_graph(index, config)?;
            Ok((index, config, warning))
        }));
        for (index, application, warning) in found.map_err(|error| config.in_file(error))? {
            meant.configs[index] = Some(application);
            meant.warnings.extend(warning);
        }
        Ok(meant)
    }

    /// The application of that name. Without one it is the only one.
    fn named(&self, config: &ApplicationConfig) -> Result<usize> {
        let names: Vec<&str> = self.names().collect();
        let known = names.join("`, `");
        let Some(name) = config.name.as_deref() else {
            let message =
                format!("the configuration's `name` must be that of an application: `{known}`");
            return match names.len() {
                1 => Ok(0),
                _ => Err(config.refused("name", &message)),
            };
        };
        let found = names.iter().position(|it| *it == name);
        found.ok_or_else(|| {
            let help = match nearest(name, names.iter().copied()) {
                Some(nearest) => format!("\nhelp: did you mean `{nearest}`?"),
                None => String::new(),
            };
            let message = format!(
                "no application is named `{name}`\nnote: the applications are `{known}`{help}"
            );
            config.refused("name", &message)
        })
    }

    /// Whether the `import_path` is that of its graph; a warning if there is no other that could be meant.
    fn has_graph(&self, index: usize, config: &ApplicationConfig) -> Result<Option<String>> {
        let Some(wanted) = config.import_path.as_deref() else {
            return Ok(None);
        };
        let of = |application: &dyn AnyApplication| import_path(application.topology().name);
        let known: Vec<String> = self.iter().map(|application| of(&**application)).collect();
        if known[index] == wanted {
            return Ok(None);
        }
        let mine = &known[index];
        if known.len() == 1 {
            let message =
                format!("`{wanted}` is not known here: the only graph, `{mine}`, is meant");
            return Ok(Some(
                config.located("import_path", &format!("`import_path` {message}")),
            ));
        }
        let all = known.join("`, `");
        let message = format!(
            "the `import_path` of this application is `{mine}`, and not `{wanted}`\nnote: the graphs are `{all}`"
        );
        Err(config.refused("import_path", &message))
    }
}

/// All results, or what is wrong with any of them.
fn all<T>(results: impl Iterator<Item = Result<T>>) -> Result<Vec<T>> {
    let (mut done, mut wrong) = (Vec::new(), Vec::new());
    for result in results {
        match result {
            Ok(value) => done.push(value),
            Err(error) => wrong.push(error),
        }
    }
    match &wrong[..] {
        [] => Ok(done),
        [error] => Err(Error::new(error.kind(), error.message().to_owned())),
        [first, ..] => {
            let messages: Vec<&str> = wrong.iter().map(Error::message).collect();
            Err(Error::new(first.kind(), messages.join("\n")))
        }
    }
}
