//! Reads a text as a value: of a type that is one word or number.

use std::fmt::Display;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::value::StrDeserializer;
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
    let text = std::str::from_utf8(part.bytes)
        .map_err(|error| BadBody::new(format!("the text is not UTF-8: {error}")))?;
    seed.deserialize(Text(text))
        .map_err(|misfit| misfit.of(part))
}

/// Strings are read as they are; numbers and names may have space around them, such as a line end.
struct Text<'t>(&'t str);

impl<'t> Text<'t> {
    fn word(&self) -> &'t str {
        self.0.trim()
    }

    fn parse<T: FromStr<Err: Display>>(&self) -> Result<T, Misfit> {
        let word = self.word();
        word.parse().map_err(|error| {
            let wanted = std::any::type_name::<T>();
            de::Error::custom(format!("`{word}` is not a {wanted}: {error}"))
        })
    }
}

/// Rust reads a number that is too large for a float as an infinity, which the sender has not written.
fn in_range(float: f64, word: &str) -> Result<(), Misfit> {
    match float.is_infinite() && word.contains(|c: char| c.is_ascii_digit()) {
        true => Err(de::Error::custom(format!("`{word}` is out of range"))),
        false => Ok(()),
    }
}

macro_rules! parsed {
    ($($deserialize:ident $visit:ident)*) => {$(
        fn $deserialize<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
            visitor.$visit(self.parse()?)
        }
    )*};
}

/// The types that a single word cannot be.
macro_rules! refused {
    ($($deserialize:ident($($argument:ty),*))*) => {$(
        fn $deserialize<V: Visitor<'de>>(self, $(_: $argument,)* visitor: V) -> Result<V::Value, Misfit> {
            Err(de::Error::invalid_type(Unexpected::Str(self.0), &visitor))
        }
    )*};
}

impl<'de> Deserializer<'de> for Text<'_> {
    type Error = Misfit;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_str(self.0)
    }

    parsed! {
        deserialize_bool visit_bool
        deserialize_u8 visit_u8
        deserialize_u16 visit_u16
        deserialize_u32 visit_u32
        deserialize_u64 visit_u64
        deserialize_u128 visit_u128
        deserialize_i8 visit_i8
        deserialize_i16 visit_i16
        deserialize_i32 visit_i32
        deserialize_i64 visit_i64
        deserialize_i128 visit_i128
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        let float: f32 = self.parse()?;
        in_range(float.into(), self.word())?;
        visitor.visit_f32(float)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        let float = self.parse()?;
        in_range(float, self.word())?;
        visitor.visit_f64(float)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_bytes(self.0.as_bytes())
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        self.deserialize_bytes(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        let variant: StrDeserializer<'_, Misfit> = self.word().into_deserializer();
        visitor.visit_enum(variant)
    }

    refused! {
        deserialize_unit()
        deserialize_unit_struct(&'static str)
        deserialize_seq()
        deserialize_tuple(usize)
        deserialize_tuple_struct(&'static str, usize)
        deserialize_map()
        deserialize_struct(&'static str, &'static [&'static str])
    }

    forward_to_deserialize_any! { char str string identifier ignored_any }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingress::decode::Fault;

    #[derive(serde::Deserialize, Debug, PartialEq)]
    #[serde(rename_all = "lowercase")]
    enum Category {
        Fruit,
        Plant,
    }

    #[derive(serde::Deserialize, Debug, PartialEq)]
    struct Name(String);

    fn from<T: DeserializeOwned>(text: &str) -> Result<T, BadBody> {
        read(&Part::new("text/plain", text.as_bytes()))
    }

    #[test]
    fn a_word_is_read_as_the_expected_type() {
        assert_eq!(from(" as it is\n"), Ok(" as it is\n".to_owned()));
        assert_eq!(from("12\n"), Ok(12_u8));
        assert_eq!(from("-1.5"), Ok(-1.5_f32));
        assert_eq!(from("true"), Ok(true));
        assert_eq!(from("x"), Ok('x'));
        assert_eq!(from("plant"), Ok(Category::Plant));
        assert_eq!(from("fruit"), Ok(Some(Category::Fruit)));
        assert_eq!(from("Ada"), Ok(Name("Ada".to_owned())));
        assert_eq!(from("1"), Ok(serde_json::json!("1")));
    }

    #[test]
    fn an_error_says_what_is_wrong_with_a_word() {
        let message = |bad: BadBody| bad.message().to_owned();
        assert_eq!(
            from::<u8>("300").map_err(message),
            Err("`300` is not a u8: number too large to fit in target type".to_owned())
        );
        assert_eq!(
            from::<Category>("car").map_err(message),
            Err("unknown variant `car`, expected `fruit` or `plant`".to_owned())
        );
        let bad = read::<String>(&Part::new("text/plain", b"\xff")).unwrap_err();
        assert_eq!(bad.fault(), Fault::Content);
        assert!(bad.message().starts_with("the text is not UTF-8"), "{bad}");
    }

    #[test]
    fn types_of_more_than_a_word_are_refused() {
        let bad = from::<Vec<u8>>("12").unwrap_err();
        assert_eq!(bad.fault(), Fault::ContentType);
        let expected = "`text/plain` cannot be read as a sequence";
        assert_eq!(bad.message(), expected);
    }
}
