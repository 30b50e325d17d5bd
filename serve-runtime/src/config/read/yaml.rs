//! From the text of a file to its values, and their places.

use std::fmt;

use serde::de::{DeserializeOwned, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_saphyr::{Error as YamlError, Spanned};

use super::deserializer::Wrong;
use super::variables::Lookup;
use crate::config::node::{Entry, Node, Tree};

/// Reads one document; none if there is nothing in it.
pub(super) fn document(text: &str, lookup: Lookup<'_>) -> Result<Option<Node>, Wrong> {
    // The path in an error is not known where places are read as well.
    if parse::<Option<Value>>(text)?.is_none() {
        return Ok(None);
    }
    let mut node = parse::<Located>(text)?;
    node.expand(text, lookup)?;
    Ok(Some(node.into_node()))
}

/// A value, where it is, and the byte of the text at which a text begins.
struct Located {
    tree: LocatedTree,
    place: (u64, u64),
    start: Option<usize>,
    expanded: Option<Node>,
}

enum LocatedTree {
    Scalar(Value),
    List(Vec<Located>),
    Map(Vec<(Spanned<String>, Located)>),
}

impl Located {
    /// Replaces variables in its texts.
    fn expand(&mut self, text: &str, lookup: Lookup<'_>) -> Result<(), Wrong> {
        match &mut self.tree {
            LocatedTree::Scalar(value) => {
                let start = self.start.and_then(|start| text.as_bytes().get(start));
                let is_block = value.as_str().is_some_and(|text| text.contains('\n'));
                let is_quoted = is_block || matches!(start, Some(b'"' | b'\''));
                let mut node = Node::from(value.take()).at(Some(self.place));
                node.expand(is_quoted, lookup)?;
                self.expanded = Some(node);
            }
            LocatedTree::List(elements) => {
                for element in elements {
                    element.expand(text, lookup)?;
                }
            }
            LocatedTree::Map(entries) => {
                for (_, node) in entries {
                    node.expand(text, lookup)?;
                }
            }
        }
        Ok(())
    }

    fn into_node(self) -> Node {
        let tree = match self.tree {
            LocatedTree::Scalar(_) => return self.expanded.unwrap_or_default(),
            LocatedTree::List(elements) => {
                Tree::List(elements.into_iter().map(Located::into_node).collect())
            }
            LocatedTree::Map(entries) => {
                let entries = entries.into_iter().map(|(key, node)| Entry {
                    place: Some((key.referenced.line(), key.referenced.column())),
                    key: key.value,
                    node: node.into_node(),
                });
                Tree::Map(entries.collect())
            }
        };
        Node {
            tree,
            place: Some(self.place),
            source: None,
        }
    }
}

impl<'de> Deserialize<'de> for Located {
    fn deserialize<D: Deserializer<'de>>(file: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<LocatedTree>::deserialize(file)?;
        let start = spanned.defined.span().byte_offset();
        Ok(Located {
            place: (spanned.referenced.line(), spanned.referenced.column()),
            start: start.and_then(|start| usize::try_from(start).ok()),
            tree: spanned.value,
            expanded: None,
        })
    }
}

impl<'de> Deserialize<'de> for LocatedTree {
    fn deserialize<D: Deserializer<'de>>(file: D) -> Result<Self, D::Error> {
        file.deserialize_any(AnyValue)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = LocatedTree;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<LocatedTree, E> {
        Ok(LocatedTree::Scalar(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<LocatedTree, E> {
        Ok(LocatedTree::Scalar(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<LocatedTree, E> {
        Ok(LocatedTree::Scalar(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<LocatedTree, E> {
        Ok(LocatedTree::Scalar(value.into()))
    }

    fn visit_str<E>(self, value: &str) -> Result<LocatedTree, E> {
        Ok(LocatedTree::Scalar(value.into()))
    }

    fn visit_unit<E>(self) -> Result<LocatedTree, E> {
        Ok(LocatedTree::Scalar(Value::Null))
    }

    fn visit_none<E>(self) -> Result<LocatedTree, E> {
        Ok(LocatedTree::Scalar(Value::Null))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut file: A) -> Result<LocatedTree, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = file.next_element()? {
            elements.push(element);
        }
        Ok(LocatedTree::List(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut file: A) -> Result<LocatedTree, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = file.next_entry()? {
            entries.push(entry);
        }
        Ok(LocatedTree::Map(entries))
    }
}

/// Reads one document. As in YAML 1.2, `no` and `yes` are plain text.
pub(in crate::config) fn parse<T: DeserializeOwned>(text: &str) -> Result<T, Wrong> {
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
        Wrong::at(place, message(error.without_snippet(), path))
    })
}

fn message(error: &YamlError, path: Option<&str>) -> String {
    let at = |what: &str| match path {
        Some(path) => format!("`{path}` {what}"),
        None => format!("the file {what}"),
    };
    match error {
        YamlError::DuplicateMappingKey { key: Some(key), .. } => {
            format!("`{key}` is given twice here")
        }
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
