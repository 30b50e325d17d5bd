//! Reads and writes the file's text.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use serde::de::DeserializeOwned;
use serde_saphyr::Error as YamlError;
use serve_topology::nearest;
use serve_topology::options::{AutoscalingOption, DeploymentOption, Kind};

use super::file::Config;
use crate::{Error, Result};

impl Config {
    /// Reads YAML or JSON, which is a subset of YAML.
    ///
    /// # Errors
    ///
    /// If the text is neither, is empty, or has an unknown field; the message begins with line and column.
    pub fn from_yaml(text: &str) -> Result<Self> {
        document(text).map_err(|wrong| Error::invalid_input(wrong.in_file("")))
    }

    /// Reads a file with YAML or JSON.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, is neither, is empty or larger than 10 MiB, or has an unknown field; the message
    /// begins with the file's name, line and column. So do the errors of applying it.
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        let file = path.as_ref().display();
        let text = text(path.as_ref())
            .map_err(|error| Error::invalid_input(format!("cannot read {file}: {error}")))?;
        let in_file = |wrong: Wrong| Error::invalid_input(wrong.in_file(&format!("{file}:")));
        let mut config = document(&text).map_err(in_file)?;
        config.locate(path.as_ref(), &text);
        Ok(config)
    }

    /// Writes the configuration as YAML.
    ///
    /// # Errors
    ///
    /// None, if the configuration was read or came from an application.
    pub fn to_yaml(&self) -> Result<String> {
        serde_saphyr::to_string(self).map_err(|error| Error::failed(error.to_string()))
    }

    /// Writes the configuration to a file as YAML.
    ///
    /// # Errors
    ///
    /// If the file cannot be written.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<()> {
        let file = path.as_ref().display();
        std::fs::write(&path, self.to_yaml()?)
            .map_err(|error| Error::invalid_input(format!("cannot write {file}: {error}")))
    }
}

/// A larger file is another one than is meant; to read it all could take more memory than there is.
const MAX_BYTES: u64 = 10 * 1024 * 1024;

fn text(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    let mut file = File::open(path)?.take(MAX_BYTES + 1);
    match file.read_to_string(&mut text) {
        _ if file.limit() == 0 => Err(io::Error::other("it is larger than 10 MiB")),
        read => read.map(|_| text),
    }
}

/// A configuration; not nothing, which is what a file has in it while it is being written.
fn document(text: &str) -> Result<Config, Wrong> {
    parse::<Option<Config>>(text)?.ok_or_else(|| Wrong {
        place: None,
        message: "it is empty; `deployments: []` sets no options".to_owned(),
    })
}

/// An error in a text.
pub(super) struct Wrong {
    /// Line and column, counted from 1.
    place: Option<(u64, u64)>,
    pub(super) message: String,
}

impl Wrong {
    /// Formats the error as compilers do: `file:line:column: message`.
    fn in_file(self, file: &str) -> String {
        let Wrong { place, message } = self;
        match place {
            Some((line, column)) => format!("{file}{line}:{column}: {message}"),
            None => format!("{file} {message}").trim_start().to_owned(),
        }
    }
}

/// Reads one document. As in YAML 1.2, `no` and `yes` are plain text.
pub(super) fn parse<T: DeserializeOwned>(text: &str) -> Result<T, Wrong> {
    let options = serde_saphyr::options! { strict_booleans: true, with_snippet: false };
    let mut path = String::new();
    let parsed = serde_saphyr::with_deserializer_from_str_with_options(text, options, |file| {
        serde_path_to_error::deserialize(file).map_err(|error| {
            path = error.path().to_string();
            error.into_inner()
        })
    });
    parsed.map_err(|error| {
        let place = error.location().map(|at| (at.line(), at.column()));
        let path = Some(path.as_str()).filter(|path| !path.is_empty() && *path != ".");
        let message = message(error.without_snippet(), path);
        Wrong { place, message }
    })
}

fn message(error: &YamlError, path: Option<&str>) -> String {
    let at = |what: &str| match path {
        Some(path) => format!("`{path}` {what}"),
        None => format!("the file {what}"),
    };
    match error {
        YamlError::SerdeUnknownField {
            field, expected, ..
        } => {
            let help = match nearest(field, expected.iter().copied()) {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => format!("the fields are `{}`", expected.join("`, `")),
            };
            format!("unknown field `{field}`\nhelp: {help}")
        }
        YamlError::SerdeMissingField { field, .. } => at(&format!("has no `{field}`")),
        YamlError::DuplicateMappingKey { key: Some(key), .. } => {
            format!("`{key}` is given twice here")
        }
        YamlError::InvalidScalar { ty, .. } if ty.starts_with('u') => {
            let must = path.map_or(Kind::CountFromZero.must(), whole_number);
            at(&format!("must be {must}"))
        }
        YamlError::InvalidScalar { ty, .. } if ty.starts_with('f') => at("must be a number"),
        YamlError::Unexpected {
            expected: "mapping start",
            ..
        } => at("must be a mapping, as in `name: value`"),
        YamlError::Unexpected {
            expected: "sequence start",
            ..
        } => at("must be a list, as in `- item`"),
        YamlError::Unexpected {
            expected: "string scalar",
            ..
        } => at("must be a single value, not a list or a mapping"),
        YamlError::NonFiniteFloat { value, .. } => {
            at(&format!("must be a finite number, but is {value}"))
        }
        YamlError::Budget { .. } => {
            at("has too many values; what an alias repeats counts each time")
        }
        YamlError::MultipleDocuments { .. } => {
            "there is more than one document, separated by `---`".to_owned()
        }
        other => {
            let plain = serde_saphyr::render_options! { snippets: serde_saphyr::SnippetMode::Off };
            let message = other.render_with_options(plain);
            // The line and column are already in the message.
            let message = message.split(" at line ").next().unwrap_or_default();
            match path {
                Some(path) => format!("`{path}`: {message}"),
                None => message.to_owned(),
            }
        }
    }
}

/// The requirement on the option at the end of that path, with both bounds: the error does not say what the value is.
fn whole_number(path: &str) -> &'static str {
    let name = path.rsplit('.').next().unwrap_or_default();
    let deployment = DeploymentOption::named(name).map(DeploymentOption::spec);
    let autoscaling = || AutoscalingOption::named(name).map(AutoscalingOption::spec);
    match deployment.or_else(autoscaling) {
        Some(option) => option.kind.must_for(f64::INFINITY),
        None => Kind::CountFromZero.must(),
    }
}
