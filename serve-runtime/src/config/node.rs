//! A value of a file or of a request, with its place, and the variables of the environment that are in it.

use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

/// Line and column, counted from 1; a value of a request has none.
pub(super) type Place = Option<(u64, u64)>;

/// A value.
#[derive(Clone, Default)]
pub(super) struct Node {
    pub(super) tree: Tree,
    pub(super) place: Place,
    /// If the value is that of a variable, what is written in its place.
    pub(super) source: Option<Source>,
}

#[derive(Clone)]
pub(super) enum Tree {
    /// Neither a list nor a mapping.
    Scalar(Value),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// A text with `${..}` in it.
#[derive(Clone, PartialEq)]
pub(super) struct Source {
    pub(super) text: String,
    pub(super) is_quoted: bool,
}

/// A key and its value.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) place: Place,
    pub(super) node: Node,
}

impl Default for Tree {
    fn default() -> Self {
        Tree::Scalar(Value::Null)
    }
}

impl Node {
    /// A mapping, in this order.
    pub(super) fn map<K: Into<String>>(entries: impl IntoIterator<Item = (K, Node)>) -> Self {
        let entries = entries.into_iter().map(|(key, node)| Entry {
            key: key.into(),
            place: node.place,
            node,
        });
        Node {
            tree: Tree::Map(entries.collect()),
            ..Node::default()
        }
    }

    /// The same at that place.
    pub(super) fn at(self, place: Place) -> Self {
        Node { place, ..self }
    }

    /// Its entries; none if it is no mapping.
    pub(super) fn entries_mut(&mut self) -> Option<&mut Vec<Entry>> {
        match &mut self.tree {
            Tree::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// Its elements; none if it is no list.
    pub(super) fn elements_mut(&mut self) -> Option<&mut Vec<Node>> {
        match &mut self.tree {
            Tree::List(elements) => Some(elements),
            _ => None,
        }
    }

    /// Sets an entry, at its end if it is not there.
    pub(super) fn set(&mut self, key: &str, node: Node) {
        let Some(entries) = self.entries_mut() else {
            return;
        };
        match entries.iter_mut().find(|entry| entry.key == key) {
            Some(entry) => entry.node = node,
            None => entries.push(Entry {
                key: key.to_owned(),
                place: node.place,
                node,
            }),
        }
    }

    /// Removes an entry.
    pub(super) fn take(&mut self, key: &str) -> Option<Entry> {
        let entries = self.entries_mut()?;
        let index = entries.iter().position(|entry| entry.key == key)?;
        Some(entries.remove(index))
    }

    /// Its elements.
    pub(super) fn elements(&self) -> &[Node] {
        match &self.tree {
            Tree::List(elements) => elements,
            _ => &[],
        }
    }

    /// Its entries.
    pub(super) fn entries(&self) -> &[Entry] {
        match &self.tree {
            Tree::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The entry of that key.
    pub(super) fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| entry.key == key)
    }

    /// The value of that key.
    pub(super) fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.node)
    }

    /// The value at a path such as `modes[2].low`, as errors have it.
    pub(super) fn at_path(&self, path: &str) -> Option<&Node> {
        let path = path.trim_start_matches('.');
        if path.is_empty() {
            return Some(self);
        }
        if let Some(rest) = path.strip_prefix('[') {
            let (index, rest) = rest.split_once(']')?;
            let index: usize = index.parse().ok()?;
            return self.elements().get(index)?.at_path(rest);
        }
        let end = path.find(['.', '[']).unwrap_or(path.len());
        self.get(&path[..end])?.at_path(&path[end..])
    }

    /// The text, if it is one.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.tree {
            Tree::Scalar(Value::String(text)) => Some(text),
            _ => None,
        }
    }

    /// Whether it is `null`.
    pub(super) fn is_null(&self) -> bool {
        matches!(self.tree, Tree::Scalar(Value::Null))
    }

    /// Whether it says nothing: `null`, an empty text, an empty list, an empty mapping.
    pub(super) fn is_nothing(&self) -> bool {
        match &self.tree {
            Tree::Scalar(Value::Null) => true,
            Tree::Scalar(Value::String(text)) => text.is_empty(),
            Tree::Scalar(_) => false,
            Tree::List(elements) => elements.is_empty(),
            Tree::Map(entries) => entries.is_empty(),
        }
    }

    /// What is written in place of the values of variables, of it and all in it.
    pub(super) fn sources(&self) -> Vec<&str> {
        let inside: Vec<&Node> = match &self.tree {
            Tree::Scalar(_) => Vec::new(),
            Tree::List(elements) => elements.iter().collect(),
            Tree::Map(entries) => entries.iter().map(|entry| &entry.node).collect(),
        };
        let mine = self.source.as_ref().map(|source| &*source.text);
        let inside = inside.into_iter().flat_map(Node::sources);
        mine.into_iter().chain(inside).collect()
    }

    /// The same value with the variables that `written` has in places of the same values.
    #[must_use]
    pub(super) fn with_sources_of(mut self, written: &Node) -> Self {
        match (&mut self.tree, &written.tree) {
            (Tree::Scalar(value), Tree::Scalar(other)) if is_equal(value, other) => {
                self.source.clone_from(&written.source);
            }
            (Tree::List(elements), Tree::List(others)) => {
                for (element, other) in elements.iter_mut().zip(others) {
                    *element = std::mem::take(element).with_sources_of(other);
                }
            }
            (Tree::Map(entries), Tree::Map(_)) => {
                for Entry { key, node, .. } in entries {
                    if let Some(other) = written.get(key) {
                        *node = std::mem::take(node).with_sources_of(other);
                    }
                }
            }
            _ => {}
        }
        self
    }

    /// The same with `$${` for each `${` that is no variable, so that it is none when it is read.
    #[must_use]
    pub(super) fn escaped(mut self) -> Self {
        match &mut self.tree {
            Tree::Scalar(Value::String(text)) if self.source.is_none() => {
                *text = text.replace("${", "$${");
            }
            Tree::Scalar(_) => {}
            Tree::List(elements) => {
                for element in elements {
                    *element = std::mem::take(element).escaped();
                }
            }
            Tree::Map(entries) => {
                for entry in entries {
                    entry.node = std::mem::take(&mut entry.node).escaped();
                }
            }
        }
        self
    }

    /// The values themselves, those of variables included.
    pub(super) fn value(&self) -> Value {
        match &self.tree {
            Tree::Scalar(value) => value.clone(),
            Tree::List(elements) => elements.iter().map(Node::value).collect(),
            Tree::Map(entries) => {
                let entries = entries.iter();
                let entries = entries.map(|entry| (entry.key.clone(), entry.node.value()));
                Value::Object(entries.collect::<Map<_, _>>())
            }
        }
    }
}

/// An option has a type of its own, so a file's 1 may have become 1.0.
fn is_equal(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one.as_f64() == other.as_f64(),
        _ => one == other,
    }
}

impl From<Value> for Node {
    fn from(value: Value) -> Self {
        let tree = match value {
            Value::Array(elements) => Tree::List(elements.into_iter().map(Node::from).collect()),
            Value::Object(entries) => {
                let entries = entries.into_iter().map(|(key, value)| (key, value.into()));
                return Node::map(entries);
            }
            scalar => Tree::Scalar(scalar),
        };
        Node {
            tree,
            ..Node::default()
        }
    }
}

/// Written as it was: with the variables, and not their values.
impl Serialize for Node {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match (&self.source, &self.tree) {
            (Some(source), _) if source.is_quoted => {
                serde_saphyr::DoubleQuoted(&source.text).serialize(to)
            }
            (Some(source), _) => to.serialize_str(&source.text),
            (None, Tree::Scalar(value)) => value.serialize(to),
            (None, Tree::List(elements)) => to.collect_seq(elements),
            (None, Tree::Map(entries)) => {
                to.collect_map(entries.iter().map(|entry| (&entry.key, &entry.node)))
            }
        }
    }
}
