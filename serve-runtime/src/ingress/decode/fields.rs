//! Reads a JSON object as several inputs.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use serve_topology::Param;

use super::bad_body::{BadBody, Fault};
use super::from_body::{FromBody, read};
use super::inputs::{check_name, left_out, names};
use super::json;
use super::part::Part;

/// The fields of an object, still as JSON.
pub(super) struct Fields<'b>(BTreeMap<String, &'b RawValue>);

impl<'b> Fields<'b> {
    pub(super) fn read(params: &[Param<'_>], body: &'b [u8]) -> Result<Self, BadBody> {
        let part = Part::json("", body);
        let mut deserializer = serde_json::Deserializer::from_slice(body);
        let Pairs(pairs) = serde_path_to_error::deserialize(&mut deserializer)
            .map_err(|error| not_an_object(params, &part, &error))?;
        deserializer
            .end()
            .map_err(|error| json::syntax(&part, &error))?;
        let mut fields = BTreeMap::new();
        for (field, value) in pairs {
            check_name(params, &field, fields.contains_key(&field))?;
            fields.insert(field, value);
        }
        Ok(Fields(fields))
    }

    pub(super) fn take<T: FromBody>(&mut self, param: Option<&Param<'_>>) -> Result<T, BadBody> {
        let name = param.map_or("", |param| param.name);
        match self.0.remove(name) {
            Some(value) => read(&Part::json(name, value.get().as_bytes())),
            None => left_out(name),
        }
    }
}

/// An object's fields in the order of the text, repeated ones included.
struct Pairs<'b>(Vec<(String, &'b RawValue)>);

impl<'de> Deserialize<'de> for Pairs<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visit;

        impl<'de> Visitor<'de> for Visit {
            type Value = Pairs<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs<'de>, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }

        deserializer.deserialize_map(Visit)
    }
}

fn not_an_object(
    params: &[Param<'_>],
    part: &Part<'_>,
    error: &serde_path_to_error::Error<serde_json::Error>,
) -> BadBody {
    let bad = json::bad_body(part, error.path(), error.inner());
    match bad.fault() {
        Fault::Content => {
            let names = names(params);
            BadBody::new(format!("expected an object with the fields {names}"))
        }
        _ => bad,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingress::decode::{Content, Inputs};
    use std::num::NonZeroU8;

    const PARAMS: &[Param<'_>] = &[
        Param::new("image", "Image"),
        Param::new("top", "Option<NonZeroU8>"),
    ];

    #[derive(serde::Deserialize, Debug, PartialEq)]
    struct Image {
        sizes: Vec<u32>,
    }

    fn decode(body: &str) -> Result<(Image, Option<NonZeroU8>), BadBody> {
        Inputs::decode(PARAMS, &Content::json(body.to_owned()))
    }

    fn field(body: &str) -> (String, String) {
        let bad = decode(body).unwrap_err();
        assert_eq!(bad.fault(), Fault::Content);
        (bad.field().to_owned(), bad.message().to_owned())
    }

    #[test]
    fn one_input_is_the_whole_body() {
        let decoded = <(Vec<u8>,)>::decode(&PARAMS[..1], &Content::json(" [1, 2] "));
        assert_eq!(decoded, Ok((vec![1, 2],)));
    }

    #[test]
    fn several_inputs_are_the_fields_of_an_object() {
        let (image, top) = decode(r#"{"top": 3, "image": {"sizes": [1]}}"#).unwrap();
        assert_eq!((image.sizes, top), (vec![1], NonZeroU8::new(3)));
    }

    #[test]
    fn an_optional_field_may_be_left_out() {
        assert_eq!(decode(r#"{"image": {"sizes": []}}"#).unwrap().1, None);
    }

    #[test]
    fn a_missing_field_is_named() {
        assert_eq!(
            field(r#"{"top": 1}"#),
            ("image".into(), "missing field".into())
        );
    }

    #[test]
    fn a_wrong_field_is_named_with_its_path() {
        let (field, message) = field(r#"{"image": {"sizes": [1, "x"]}}"#);
        assert_eq!(field, "image.sizes[1]");
        assert_eq!(message, r#"invalid type: string "x", expected u32"#);
    }

    #[test]
    fn an_unknown_field_is_named_with_the_known_ones() {
        let (field, message) = field(r#"{"imge": {}}"#);
        assert_eq!(field, "imge");
        assert_eq!(message, "unknown field; the fields are `image`, `top`");
    }

    #[test]
    fn a_field_that_is_given_twice_is_named() {
        let (field, message) = field(r#"{"top": 1, "image": {"sizes": []}, "top": 2}"#);
        assert_eq!(field, "top");
        assert_eq!(message, "the field is given twice");
    }

    #[test]
    fn a_body_that_is_no_object_is_refused_with_the_expected_fields() {
        let (field, message) = field("[1]");
        assert_eq!(field, "");
        assert_eq!(message, "expected an object with the fields `image`, `top`");
    }

    #[test]
    fn json_that_cannot_be_held_is_a_wrong_field() {
        let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
        for (value, message) in [
            ("1e999", "number out of range"),
            (&*deep, "recursion limit exceeded"),
            (r#""\ud800""#, "unexpected end of hex escape"),
        ] {
            let body = format!(r#"{{"image": {{"sizes": []}}, "more": [1, {value}]}}"#);
            let params = [Param::new("image", "Image"), Param::new("more", "Value")];
            let read = <(Image, serde_json::Value)>::decode(&params, &Content::json(body));
            let bad = read.unwrap_err();
            assert_eq!(bad.fault(), Fault::Content, "{bad}");
            assert!(bad.field().starts_with("more[1]"), "{bad}");
            assert_eq!(bad.message(), message);
        }
        let whole = <(f64,)>::decode(&PARAMS[..1], &Content::json("1e999"));
        assert_eq!(whole, Err(BadBody::new("number out of range")));
    }

    #[test]
    fn a_body_that_is_not_json_is_a_syntax_error() {
        for body in [
            "",
            "1e",
            "{\"image\": 1e999, }",
            "{",
            "[",
            r#"{"image": }"#,
            r#"{"image": {"sizes": []}} x"#,
        ] {
            let bad = decode(body).unwrap_err();
            assert_eq!(bad.fault(), Fault::Syntax, "{body}");
            assert!(bad.message().starts_with("the body is not JSON"), "{bad}");
        }
        let not_text = Content::json(&b"\"\xff\""[..]);
        let bad = <(String,)>::decode(&PARAMS[..1], &not_text).unwrap_err();
        assert_eq!(bad.fault(), Fault::Syntax);
    }
}
