//! Reads a type from a [`Node`], so that an error knows where it is.

use std::fmt;

use serde::de::{
    self, Deserialize, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess,
    Unexpected, Visitor,
};
use serde::forward_to_deserialize_any;
use serde_json::Value;
use serve_topology::nearest;
use serve_topology::options::{AutoscalingOption, DeploymentOption, Kind};

use crate::config::node::{Entry, Node, Place, Tree};
use crate::config::origin::{place_in, without_value};

/// What is wrong with a configuration, and where.
#[derive(Debug)]
pub(in crate::config) struct Wrong {
    place: Place,
    /// The path of the value, from its end.
    path: Vec<String>,
    what: What,
}

#[derive(Debug)]
enum What {
    UnknownField {
        field: String,
        fields: Vec<String>,
        /// Those that are known and have no meaning.
        ignored: Vec<&'static str>,
    },
    MissingField(&'static str),
    /// It is of another type.
    Type {
        expected: String,
        is_scalar: bool,
    },
    /// A message about the value at the path.
    Value(String),
    /// A message that says all.
    Whole(String),
}

impl Wrong {
    /// An error with that message.
    pub(in crate::config) fn at(place: Place, message: impl Into<String>) -> Self {
        Wrong::new(What::Whole(message.into())).or_at(place)
    }

    /// A key that is neither among the fields nor among those that have no meaning.
    pub(super) fn unknown<'a>(
        entry: &Entry,
        fields: impl IntoIterator<Item = &'a str>,
        ignored: Vec<&'static str>,
    ) -> Self {
        let what = What::UnknownField {
            field: entry.key.clone(),
            fields: fields.into_iter().map(str::to_owned).collect(),
            ignored,
        };
        Wrong::new(what).or_at(entry.place)
    }

    fn new(what: What) -> Self {
        Wrong {
            place: None,
            path: Vec::new(),
            what,
        }
    }

    fn or_at(mut self, place: Place) -> Self {
        self.place = self.place.or(place);
        self
    }

    /// An error about a value in a list or in a mapping.
    pub(super) fn within(mut self, segment: impl Into<String>) -> Self {
        self.path.push(segment.into());
        self
    }

    /// An error about this value, or one in it.
    fn of(self, node: &Node) -> Self {
        let mut wrong = self.or_at(node.place);
        if let What::Value(message) = &mut wrong.what {
            *message = without_value(message, &node.sources());
        }
        wrong
    }

    /// The message with its place.
    pub(in crate::config) fn in_file(&self, file: &str) -> String {
        format!("{}{self}", place_in(file, self.place))
    }

    fn path(&self) -> String {
        let mut path = String::new();
        for segment in self.path.iter().rev() {
            if !path.is_empty() && !segment.starts_with('[') {
                path.push('.');
            }
            path.push_str(segment);
        }
        path
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path();
        let value = match path.as_str() {
            "" => "the file".to_owned(),
            path => format!("`{path}`"),
        };
        match &self.what {
            What::UnknownField {
                field,
                fields,
                ignored,
            } => {
                let known = fields.iter().map(String::as_str);
                let help = match nearest(field, known.chain(ignored.iter().copied())) {
                    Some(nearest) => format!("did you mean `{nearest}`?"),
                    None => format!("the fields are `{}`", fields.join("`, `")),
                };
                write!(f, "unknown field `{field}`\nhelp: {help}")
            }
            What::MissingField(field) => write!(f, "{value} has no `{field}`"),
            What::Type {
                expected,
                is_scalar,
            } => write!(f, "{value} must be {}", must(expected, *is_scalar, &path)),
            What::Value(message) => write!(f, "{value} {message}"),
            What::Whole(message) => f.write_str(message),
        }
    }
}

/// What a value must be, where serde expects something else.
fn must(expected: &str, is_scalar: bool, path: &str) -> String {
    let is_mapping = expected.starts_with("struct ") || expected == "a map";
    let must = match expected {
        _ if is_mapping => "a mapping, as in `name: value`",
        "a sequence" => "a list, as in `- item`",
        _ if !is_scalar => "a single value, not a list or a mapping",
        "f64" | "f32" => "a number",
        "a string" => "a text; a number or `true` needs quotes to be one",
        "a boolean" => "`true` or `false`",
        number if number.starts_with('u') => whole_number(path),
        other => other,
    };
    must.to_owned()
}

/// The requirement on the option at the end of that path, with both bounds: the error does not say what the value is.
fn whole_number(path: &str) -> &'static str {
    let name = path.rsplit('.').next().unwrap_or_default();
    let deployment = DeploymentOption::named(name).map(DeploymentOption::spec);
    let autoscaling = || AutoscalingOption::named(name).map(AutoscalingOption::spec);
    match deployment.or_else(autoscaling) {
        Some(option) => option.kind.must_for(f64::INFINITY),
        None if name == "port" => "a whole number from 0 to 65535",
        None => Kind::CountFromZero.must(),
    }
}

impl std::error::Error for Wrong {}

impl de::Error for Wrong {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Wrong::new(What::Value(message.to_string()))
    }

    fn invalid_type(unexpected: Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Wrong::new(What::Type {
            expected: expected.to_string(),
            is_scalar: !matches!(unexpected, Unexpected::Seq | Unexpected::Map),
        })
    }

    fn invalid_value(unexpected: Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Wrong::invalid_type(unexpected, expected)
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        Wrong::new(What::UnknownField {
            field: field.to_owned(),
            fields: expected.iter().map(|&field| field.to_owned()).collect(),
            ignored: Vec::new(),
        })
    }

    fn missing_field(field: &'static str) -> Self {
        Wrong::new(What::MissingField(field))
    }
}

/// Reads a type.
pub(super) fn read<'n, T: Deserialize<'n>>(node: &'n Node) -> Result<T, Wrong> {
    T::deserialize(node)
}

impl<'de> Deserializer<'de> for &'de Node {
    type Error = Wrong;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        let read = match &self.tree {
            Tree::Scalar(Value::Bool(value)) => visitor.visit_bool(*value),
            Tree::Scalar(Value::String(value)) => visitor.visit_borrowed_str(value),
            Tree::Scalar(Value::Number(value)) => number(value, visitor),
            Tree::Scalar(_) => visitor.visit_unit(),
            Tree::List(elements) => visitor.visit_seq(Elements { elements, next: 0 }),
            Tree::Map(entries) => visitor.visit_map(Entries { entries, next: 0 }),
        };
        read.map_err(|wrong| wrong.of(self))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.is_null() {
            true => visitor.visit_none(),
            false => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

fn number<'n, V: Visitor<'n>>(number: &serde_json::Number, visitor: V) -> Result<V::Value, Wrong> {
    match (number.as_u64(), number.as_i64(), number.as_f64()) {
        (Some(number), ..) => visitor.visit_u64(number),
        (_, Some(number), _) => visitor.visit_i64(number),
        (.., number) => visitor.visit_f64(number.unwrap_or(f64::NAN)),
    }
}

struct Elements<'n> {
    elements: &'n [Node],
    next: usize,
}

impl<'n> SeqAccess<'n> for Elements<'n> {
    type Error = Wrong;

    fn next_element_seed<T: DeserializeSeed<'n>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Wrong> {
        let index = self.next;
        let Some(element) = self.elements.get(index) else {
            return Ok(None);
        };
        self.next += 1;
        let element = seed.deserialize(element);
        element
            .map(Some)
            .map_err(|wrong| wrong.within(format!("[{index}]")))
    }
}

struct Entries<'n> {
    entries: &'n [Entry],
    next: usize,
}

impl<'n> MapAccess<'n> for Entries<'n> {
    type Error = Wrong;

    fn next_key_seed<K: DeserializeSeed<'n>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Wrong> {
        let Some(entry) = self.entries.get(self.next) else {
            return Ok(None);
        };
        let key = seed.deserialize(entry.key.as_str().into_deserializer());
        key.map(Some)
            .map_err(|wrong: Wrong| wrong.or_at(entry.place))
    }

    fn next_value_seed<V: DeserializeSeed<'n>>(&mut self, seed: V) -> Result<V::Value, Wrong> {
        let Entry { key, node, .. } = &self.entries[self.next];
        self.next += 1;
        // What is read by a function of its own fails after the value has been read.
        let read = seed.deserialize(node);
        read.map_err(|wrong| wrong.of(node).within(key.as_str()))
    }
}
