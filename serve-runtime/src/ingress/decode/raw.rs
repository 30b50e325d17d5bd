//! Reads bytes as a value: of a type that accepts bytes, or knows a format of them.

use std::marker::PhantomData;

use serde::de::value::SeqDeserializer;
use serde::de::{self, DeserializeOwned, DeserializeSeed, Deserializer, IntoDeserializer};
use serde::de::{Unexpected, Visitor};
use serde::forward_to_deserialize_any;

use super::bad_body::BadBody;
use super::misfit::Misfit;
use super::part::Part;

pub(super) fn read<T: DeserializeOwned>(part: &Part<'_>) -> Result<T, BadBody> {
    read_seed(part, PhantomData)
}

pub(super) fn read_seed<'de, S: DeserializeSeed<'de>>(
    part: &Part<'_>,
    seed: S,
) -> Result<S::Value, BadBody> {
    seed.deserialize(Raw(*part))
        .map_err(|misfit| misfit.of(part))
}

struct Raw<'b>(Part<'b>);

impl<'de> Deserializer<'de> for Raw<'_> {
    type Error = Misfit;

    /// A type that asks for a string or a struct gets bytes as well, and says what it expected.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_bytes(self.0.bytes)
    }

    /// `Vec<u8>` asks for a sequence.
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_seq(SeqDeserializer::new(
            self.0.bytes.iter().map(|byte| Byte(*byte)),
        ))
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        if length != self.0.bytes.len() {
            return Err(de::Error::invalid_length(self.0.bytes.len(), &visitor));
        }
        self.deserialize_seq(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_some(self)
    }

    /// Also an array, which is read from its own files only.
    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        #[cfg(feature = "ndarray")]
        if let Some(content_types) = crate::nd_array::files(name)
            && !self.0.is_one_of(content_types)
        {
            return Err(de::Error::invalid_type(
                Unexpected::Bytes(self.0.bytes),
                &visitor,
            ));
        }
        let _ = name;
        visitor.visit_newtype_struct(self)
    }

    /// Refused, because a `String` would accept bytes that happen to be UTF-8.
    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        Err(de::Error::invalid_type(
            Unexpected::Bytes(self.0.bytes),
            &visitor,
        ))
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        self.deserialize_string(visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct
        tuple_struct map struct enum identifier ignored_any
    }
}

/// One of the bytes. It cannot be read as a wider number, so bytes do not silently become a list of those.
struct Byte(u8);

impl<'de> IntoDeserializer<'de, Misfit> for Byte {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Byte {
    type Error = Misfit;

    fn deserialize_u8<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_u8(self.0)
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        let expected = format!("a sequence of {}", Wanted(&visitor));
        Err(Misfit::Kind { expected })
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// The type that a visitor expects.
struct Wanted<'v>(&'v dyn de::Expected);

impl std::fmt::Display for Wanted<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingress::decode::Fault;

    fn from<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, BadBody> {
        read(&Part::new("application/octet-stream", bytes))
    }

    #[test]
    fn bytes_are_kept() {
        assert_eq!(from(b"\0\xff"), Ok(vec![0_u8, 255]));
        assert_eq!(from(b"\0\xff"), Ok([0_u8, 255]));
        assert_eq!(from(b"\0\xff"), Ok(Some(vec![0_u8, 255])));
        assert_eq!(from(b""), Ok(Vec::<u8>::new()));
    }

    #[test]
    fn types_that_are_not_bytes_are_refused() {
        #[derive(serde::Deserialize, Debug)]
        struct Size {
            #[allow(dead_code)]
            width: u32,
        }

        for (bad, expected) in [
            (from::<Size>(b"x").map(drop), "struct Size"),
            (from::<String>(b"x").map(drop), "a string"),
            (from::<u8>(b"x").map(drop), "u8"),
            (from::<Vec<u32>>(b"x").map(drop), "a sequence of u32"),
            (
                from::<serde_json::Value>(b"x").map(drop),
                "any valid JSON value",
            ),
        ] {
            let bad = bad.unwrap_err();
            assert_eq!(bad.fault(), Fault::ContentType);
            let message = format!("`application/octet-stream` cannot be read as {expected}");
            assert_eq!(bad.message(), message);
        }
    }
}
