//! Where a file says what, for errors that are found after it has been read.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_saphyr::Spanned;

use super::file::{Config, DeploymentConfig};
use super::yaml;
use crate::Error;

/// The file, and the place of each option of a deployment, or of the whole configuration. Empty if it was not read from a
/// file.
#[derive(Debug, Clone, Default)]
pub(super) struct Places {
    file: String,
    /// `file:line:column: `, with which a message begins.
    options: BTreeMap<String, String>,
}

/// The same options may stand at other places.
impl PartialEq for Places {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

#[derive(Deserialize, Default)]
struct Located {
    name: Option<Spanned<IgnoredAny>>,
    #[serde(default)]
    deployments: Vec<BTreeMap<String, Spanned<IgnoredAny>>>,
}

impl Config {
    /// Remembers where each option is in the text that it was read from.
    pub(super) fn locate(&mut self, path: &Path, text: &str) {
        let file = path.display().to_string();
        let place = |spanned: &Spanned<IgnoredAny>| {
            let (line, column) = (spanned.referenced.line(), spanned.referenced.column());
            format!("{file}:{line}:{column}: ")
        };
        let places = |options: BTreeMap<String, Spanned<IgnoredAny>>| Places {
            file: file.clone(),
            options: options
                .into_iter()
                .map(|(option, spanned)| (option, place(&spanned)))
                .collect(),
        };
        let located = yaml::parse(text); // it has been read once: there is no error to report
        let Located { name, deployments } = located.unwrap_or_default();
        let name = name.map(|name| ("name".to_owned(), name));
        self.places = places(name.into_iter().collect());
        for (deployment, located) in self.deployments.iter_mut().zip(deployments) {
            deployment.places = places(located);
        }
    }
}

impl Places {
    /// The place of an option, with which a message about it begins.
    pub(super) fn of(&self, option: &str) -> &str {
        self.options.get(option).map_or("", String::as_str)
    }

    /// The error with the file's name, which it may have already.
    pub(super) fn in_file(&self, error: Error) -> Error {
        let file = &self.file;
        match file.is_empty() || error.message().starts_with(&format!("{file}:")) {
            true => error,
            false => Error::new(error.kind(), format!("{file}: {error}")),
        }
    }
}

impl DeploymentConfig {
    /// The message with the place of the option that it names first, or of the deployment's name.
    pub(super) fn located(&self, message: &str) -> String {
        let places = &self.places.options;
        let quoted = message.split('`').skip(1).step_by(2);
        let options = quoted.filter_map(|name| name.split(['.', '[']).next());
        let mut named = options.filter(|name| *name != self.name);
        let place = named.find_map(|option| places.get(option));
        let place = place.or_else(|| places.get("name"));
        format!("{}{message}", place.map_or("", String::as_str))
    }
}
