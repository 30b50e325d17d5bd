//! Reads the parts of a form as the fields of a struct, or the entries of a map.

use std::fmt::Display;

use serde::de::value::StrDeserializer;
use serde::de::{self, DeserializeOwned, DeserializeSeed, Deserializer, IntoDeserializer};
use serde::de::{MapAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::bad_body::{BadBody, Fault};
use super::form::FormFields;
use super::part::{JSON, Part};
use super::{json, raw, text};

/// Reads a value whose fields are parts; `None` if the type has no fields.
pub(super) fn read<T: DeserializeOwned>(fields: FormFields<'_>) -> Option<Result<T, BadBody>> {
    match T::deserialize(Fields(fields)) {
        Ok(value) => Some(Ok(value)),
        Err(Refused::Field(bad)) => Some(Err(bad)),
        Err(Refused::NoFields) => None,
    }
}

/// Why a value cannot be read from parts.
#[derive(Debug)]
enum Refused {
    /// The type is not a struct or a map.
    NoFields,
    Field(BadBody),
}

impl de::Error for Refused {
    fn custom<T: Display>(message: T) -> Self {
        Refused::Field(BadBody::new(message))
    }
}

impl Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Refused::NoFields => f.write_str("not a value with fields"),
            Refused::Field(bad) => bad.fmt(f),
        }
    }
}

impl std::error::Error for Refused {}

struct Fields<'f>(FormFields<'f>);

impl<'de> Deserializer<'de> for Fields<'de> {
    type Error = Refused;

    /// A type that accepts anything would accept a misspelled name as a field.
    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Refused> {
        Err(Refused::NoFields)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        visitor.visit_map(Entries {
            parts: self.0.parts(),
            value: None,
        })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refused> {
        self.deserialize_map(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Refused> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct seq tuple tuple_struct enum identifier ignored_any
    }
}

struct Entries<'f, I> {
    parts: I,
    /// The part whose name was read last.
    value: Option<Part<'f>>,
}

impl<'de, I: Iterator<Item = Part<'de>>> MapAccess<'de> for Entries<'de, I> {
    type Error = Refused;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Refused> {
        self.value = self.parts.next();
        let Some(part) = self.value else {
            return Ok(None);
        };
        let name: StrDeserializer<'_, Refused> = part.field().into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Refused> {
        let Some(part) = self.value.take() else {
            return Err(de::Error::custom("a field's value before its name"));
        };
        let value = match part.content_type() {
            JSON => json::read_seed(&part, seed),
            content_type if content_type.starts_with("text/") => text::read_seed(&part, seed),
            _ => raw::read_seed(&part, seed),
        };
        let value = value.map_err(|bad| match bad.fault() {
            // Any value can be sent so.
            Fault::ContentType => bad.send(&[JSON]),
            _ => bad,
        });
        value.map_err(|bad| Refused::Field(bad.at(part.field())))
    }
}
