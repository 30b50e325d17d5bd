//! Where a file says what, for errors that are found after it has been read.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_saphyr::Spanned;

use super::file::{Config, DeploymentConfig};
use super::yaml;

/// The place of each option of a deployment, as `file:line:column`. Empty if it was not read from a file.
#[derive(Debug, Clone, Default)]
pub(super) struct Places(BTreeMap<String, String>);

/// The same options may stand at other places.
impl PartialEq for Places {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

#[derive(Deserialize)]
struct Located {
    #[serde(default)]
    deployments: Vec<BTreeMap<String, Spanned<IgnoredAny>>>,
}

impl Config {
    /// Remembers where each option is in the text that it was read from.
    pub(super) fn locate(&mut self, path: &Path, text: &str) {
        let Ok(Located { deployments }) = yaml::parse(text) else {
            return; // it has been read once: there is nothing to report
        };
        for (deployment, located) in self.deployments.iter_mut().zip(deployments) {
            let places = located.into_iter().map(|(option, spanned)| {
                let (line, column) = (spanned.referenced.line(), spanned.referenced.column());
                (option, format!("{}:{line}:{column}: ", path.display()))
            });
            deployment.places = Places(places.collect());
        }
    }
}

impl DeploymentConfig {
    /// The message with the place of the option that it names first, or of the deployment's name.
    pub(super) fn located(&self, message: &str) -> String {
        let Places(places) = &self.places;
        let quoted = message.split('`').skip(1).step_by(2);
        let options = quoted.filter_map(|name| name.split('.').next());
        let mut named = options.filter(|name| *name != self.name);
        let place = named.find_map(|option| places.get(option));
        let place = place.or_else(|| places.get("name"));
        format!("{}{message}", place.map_or("", String::as_str))
    }
}
