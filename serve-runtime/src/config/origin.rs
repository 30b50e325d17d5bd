//! What a configuration was read from: for errors that are found later, and for writing it as it was.

use std::fmt;
use std::sync::Arc;

use super::deployment::DeploymentConfig;
use super::node::{Node, Place};
use crate::Error;

/// The mapping that it was read from. Empty if it was not read.
#[derive(Clone, Default)]
pub(crate) struct Origin {
    /// Empty if it is no file.
    file: Arc<str>,
    node: Arc<Node>,
}

/// The same options may stand at other places.
impl PartialEq for Origin {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// It may have values of variables.
impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Origin")
    }
}

impl Origin {
    pub(super) fn new(file: &Arc<str>, node: &Node) -> Self {
        Origin {
            file: Arc::clone(file),
            node: Arc::new(node.clone()),
        }
    }

    pub(super) fn node(&self) -> &Node {
        &self.node
    }

    /// The place of an option, with which a message about it begins; empty if it is not known.
    pub(crate) fn place_of(&self, option: &str) -> String {
        let node = self.node.get(option);
        node.map_or_else(String::new, |node| self.place(node.place))
    }

    /// The place of its name, or else its own.
    pub(crate) fn place_of_name(&self) -> String {
        match self.place_of("name") {
            place if place.is_empty() => self.place(self.node.place),
            place => place,
        }
    }

    /// The place of an option, of its name or of all of it; also in a text that is no file.
    pub(super) fn place_as_read(&self, option: &str) -> String {
        let node = self.node.get(option).or_else(|| self.node.get("name"));
        place_in(&self.file, node.map_or(self.node.place, |node| node.place))
    }

    fn place(&self, place: Place) -> String {
        match place {
            Some(_) if !self.file.is_empty() => place_in(&self.file, place),
            _ => String::new(),
        }
    }

    /// The error with the file's name, which it may have already.
    pub(crate) fn in_file(&self, error: Error) -> Error {
        let file = &self.file;
        match file.is_empty() || error.message().starts_with(&format!("{file}:")) {
            true => error,
            false => Error::new(error.kind(), format!("{file}: {error}")),
        }
    }

    /// Both, where the later one has options of the earlier one in their place.
    pub(super) fn followed_by(&self, later: &Origin) -> Origin {
        let mut node = Node::clone(&self.node);
        if node.entries().is_empty() {
            return later.clone();
        }
        for entry in later.node.entries() {
            node.set(&entry.key, entry.node.clone());
        }
        Origin {
            file: Arc::clone(&later.file),
            node: Arc::new(node),
        }
    }
}

/// `file:line:column: `, as compilers write it. Without a file it is `line:column: `.
pub(super) fn place_in(file: &str, place: Place) -> String {
    match (file, place) {
        ("", Some((line, column))) => format!("{line}:{column}: "),
        (file, Some((line, column))) => format!("{file}:{line}:{column}: "),
        ("", None) => String::new(),
        (file, None) => format!("{file}: "),
    }
}

impl DeploymentConfig {
    /// The message with the place of the option that it names first, or of the deployment's name. It does not quote
    /// the value of a variable.
    pub(super) fn located(&self, message: &str) -> String {
        let quoted = message.split('`').skip(1).step_by(2);
        let options = quoted.filter_map(|name| name.split(['.', '[']).next());
        let mut named = options.filter(|name| *name != self.name);
        let node = self.origin.node();
        let option = named.find_map(|option| node.get(option));
        let place = option.or_else(|| node.get("name"));
        let place = place.map_or_else(String::new, |node| self.origin.place(node.place));
        let sources = option.map_or_else(Vec::new, Node::sources);
        format!("{place}{}", without_value(message, &sources))
    }
}

/// The message without the value that it quotes, if that is the value of variables.
pub(super) fn without_value(message: &str, sources: &[&str]) -> String {
    match message.split_once(", but is ") {
        Some((requirement, rest)) if !sources.is_empty() => {
            let rest = rest.find('\n').map_or("", |end| &rest[end..]);
            let sources = sources.join("`, `");
            format!("{requirement}\nnote: it is `{sources}`{rest}")
        }
        _ => message.to_owned(),
    }
}
