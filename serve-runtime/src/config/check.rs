//! What must hold between the applications of a configuration, and between a file and its reader.

use serve_topology::route::{is_reserved, is_valid};

use super::Setting;
use super::apply::into_result;
use super::file::{ApplicationConfig, Config};
use crate::{Error, Result};

impl Config {
    /// Makes what has no meaning here an error, now and when the configuration is applied.
    ///
    /// # Errors
    ///
    /// If there are [warnings](Self::warnings).
    pub fn strict(mut self) -> Result<Self> {
        self.is_strict = true;
        into_result(self.warnings.clone())?;
        Ok(self)
    }

    /// Logs the warnings, and those which are found when it is applied; they are errors if it is strict.
    #[cfg(feature = "http")]
    pub(crate) fn warn(&self, found: &[String]) -> Result<()> {
        if self.is_strict {
            into_result(found.to_vec())?;
        }
        for warning in self.warnings.iter().chain(found) {
            tracing::warn!("{warning}");
        }
        Ok(())
    }

    /// The error with the file's name.
    #[cfg(feature = "http")]
    pub(crate) fn in_file(&self, error: Error) -> Error {
        self.origin.in_file(error)
    }

    /// Fails where applications have the same name or path.
    pub(crate) fn check(&self) -> Result<()> {
        let mut wrong = Vec::new();
        for (index, application) in self.applications.iter().enumerate() {
            let before = &self.applications[..index];
            wrong.extend(application.wrong_name(before, self.applications.len()));
            wrong.extend(application.wrong_route_prefix(before));
            wrong.extend(application.wrong_import_path());
        }
        into_result(wrong)
    }
}

impl ApplicationConfig {
    /// Its name in messages.
    fn called(&self) -> String {
        let name = self.name.as_deref();
        name.map_or_else(
            || "an application".to_owned(),
            |name| format!("application `{name}`"),
        )
    }

    fn wrong_name(&self, before: &[ApplicationConfig], count: usize) -> Option<String> {
        let message = match self.name.as_deref() {
            Some("") => "the `name` of an application must not be empty".to_owned(),
            None if count > 1 => "each of several applications needs a `name`".to_owned(),
            Some(name) if before.iter().any(|it| it.name.as_deref() == Some(name)) => {
                format!("two applications have the `name` `{name}`")
            }
            _ => return None,
        };
        Some(self.told("name", &message))
    }

    fn wrong_route_prefix(&self, before: &[ApplicationConfig]) -> Option<String> {
        let Setting::Set(route_prefix) = &self.route_prefix else {
            return None;
        };
        let same = before
            .iter()
            .find(|it| it.route_prefix == self.route_prefix);
        let message = match same {
            _ if !is_valid(route_prefix) => format!(
                "{}: `route_prefix` must be `/`, or start with `/` and not end with it, but is `{route_prefix}`",
                self.called()
            ),
            _ if is_reserved(route_prefix) => format!(
                "{}: `route_prefix` must not be under `/-/`, which is the server's own",
                self.called()
            ),
            Some(other) => format!(
                "{} and {} have the same `route_prefix`, `{route_prefix}`",
                other.called(),
                self.called()
            ),
            None => return None,
        };
        Some(self.told("route_prefix", &message))
    }

    /// A module, and what is in it.
    fn wrong_import_path(&self) -> Option<String> {
        let import_path = self.import_path.as_deref()?;
        let split = import_path
            .split_once(':')
            .or_else(|| import_path.rsplit_once('.'));
        let is_path = split.is_some_and(|(module, inside)| {
            !module.is_empty() && !inside.is_empty() && !inside.contains(':')
        });
        let message = "`import_path` must be that of a graph, as in `hello:hello`";
        (!is_path).then(|| self.told("import_path", message))
    }

    /// The message with the place of an option, which a text without a file has as well: it has just been read.
    fn told(&self, option: &str, message: &str) -> String {
        let place = self.origin.place_as_read(option);
        format!("{place}{}", self.unquoted(message))
    }

    /// The message with the place of an option.
    pub(crate) fn located(&self, option: &str, message: &str) -> String {
        let place = match self.origin.place_of(option) {
            place if place.is_empty() => self.origin.place_of_name(),
            place => place,
        };
        format!("{place}{}", self.unquoted(message))
    }

    /// The message with variables in place of the values that it has from them.
    fn unquoted(&self, message: &str) -> String {
        let entries = self.origin.node().entries().iter();
        let texts = entries.filter_map(|entry| {
            let source = entry.node.source.as_ref()?;
            Some((entry.node.text()?, &source.text))
        });
        texts.fold(message.to_owned(), |message, (value, source)| {
            message.replace(&format!("`{value}`"), &format!("`{source}`"))
        })
    }

    /// An error about an option.
    pub(crate) fn refused(&self, option: &str, message: &str) -> Error {
        let error = Error::invalid_input(self.located(option, message));
        self.origin.in_file(error)
    }
}
