//! A JSON body to a graph's inputs.
//!
//! A graph with one input takes the body as that value; one with several takes an object with a
//! field for each; one without any takes nothing.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, DeserializeOwned, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use serve_topology::Param;

/// What is wrong with a body.
#[derive(Debug, PartialEq, Eq)]
pub enum BadBody {
    /// It is not JSON.
    Syntax(String),
    /// It is JSON, but not what the graph takes.
    Data {
        /// The field that is wrong, such as `category` or `boxes[2].width`; empty for the whole body.
        field: String,
        /// What is wrong with it.
        message: String,
    },
}

impl fmt::Display for BadBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BadBody::Syntax(message) => write!(f, "the body is not JSON: {message}"),
            BadBody::Data { field, message } if field.is_empty() => f.write_str(message),
            BadBody::Data { field, message } => write!(f, "field `{field}`: {message}"),
        }
    }
}

impl std::error::Error for BadBody {}

/// An input that can be read from JSON.
#[diagnostic::on_unimplemented(
    message = "an input of type `{Self}` cannot be read from a request's JSON body",
    label = "serving this graph over HTTP needs `{Self}` to be `serde::Deserialize`",
    note = "derive `serde::Deserialize` for it, or call the graph through the handle that `deploy` returns"
)]
pub trait FromJson: Sized {
    #[doc(hidden)]
    fn from_json(field: &str, json: &[u8]) -> Result<Self, BadBody>;
}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned> FromJson for T {
    fn from_json(field: &str, json: &[u8]) -> Result<Self, BadBody> {
        let mut deserializer = serde_json::Deserializer::from_slice(json);
        let value = serde_path_to_error::deserialize(&mut deserializer)
            .map_err(|error| bad_body(field, json, &error))?;
        deserializer.end().map_err(|error| syntax(&error))?;
        Ok(value)
    }
}

/// All inputs of a graph: a tuple of values that can be read from JSON.
pub trait Inputs: Sized {
    #[doc(hidden)]
    fn decode(params: &[Param<'_>], body: &[u8]) -> Result<Self, BadBody>;
}

impl Inputs for () {
    fn decode(_params: &[Param<'_>], _body: &[u8]) -> Result<Self, BadBody> {
        Ok(())
    }
}

impl<A: FromJson> Inputs for (A,) {
    fn decode(_params: &[Param<'_>], body: &[u8]) -> Result<Self, BadBody> {
        Ok((A::from_json("", body)?,))
    }
}

macro_rules! inputs {
    ($($T:ident)*) => {
        impl<$($T: FromJson),*> Inputs for ($($T,)*) {
            fn decode(params: &[Param<'_>], body: &[u8]) -> Result<Self, BadBody> {
                let mut fields = Fields::read(params, body)?;
                let mut params = params.iter();
                Ok(($(fields.take::<$T>(params.next())?,)*))
            }
        }
    };
}

inputs!(A B);
inputs!(A B C);
inputs!(A B C D);
inputs!(A B C D E);
inputs!(A B C D E F);
inputs!(A B C D E F G);
inputs!(A B C D E F G H);
inputs!(A B C D E F G H I);
inputs!(A B C D E F G H I J);
inputs!(A B C D E F G H I J K);
inputs!(A B C D E F G H I J K L);

/// The fields of an object, still as JSON.
struct Fields<'b>(BTreeMap<String, &'b RawValue>);

impl<'b> Fields<'b> {
    fn read(params: &[Param<'_>], body: &'b [u8]) -> Result<Self, BadBody> {
        let mut deserializer = serde_json::Deserializer::from_slice(body);
        let Pairs(pairs) = serde_path_to_error::deserialize(&mut deserializer)
            .map_err(|error| not_an_object(params, body, &error))?;
        deserializer.end().map_err(|error| syntax(&error))?;
        let mut fields = BTreeMap::new();
        for (field, value) in pairs {
            if !params.iter().any(|param| param.name == field) {
                let message = format!("unknown field; the fields are {}", names(params));
                return Err(BadBody::Data { field, message });
            }
            if fields.contains_key(&field) {
                let message = "the field is there twice".to_owned();
                return Err(BadBody::Data { field, message });
            }
            fields.insert(field, value);
        }
        Ok(Fields(fields))
    }

    fn take<T: FromJson>(&mut self, param: Option<&Param<'_>>) -> Result<T, BadBody> {
        let name = param.map_or("", |param| param.name);
        match self.0.remove(name) {
            Some(value) => T::from_json(name, value.get().as_bytes()),
            // What can be nothing may be left out.
            None => T::from_json(name, b"null").map_err(|_| BadBody::Data {
                field: name.to_owned(),
                message: "missing field".to_owned(),
            }),
        }
    }
}

/// An object's fields in the order they come in, repeated ones included.
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

fn names(params: &[Param<'_>]) -> String {
    let names: Vec<String> = params
        .iter()
        .map(|param| format!("`{}`", param.name))
        .collect();
    names.join(", ")
}

fn not_an_object(
    params: &[Param<'_>],
    body: &[u8],
    error: &serde_path_to_error::Error<serde_json::Error>,
) -> BadBody {
    match bad_body("", body, error) {
        BadBody::Data { .. } => BadBody::Data {
            field: String::new(),
            message: format!("expected an object with the fields {}", names(params)),
        },
        syntax => syntax,
    }
}

fn bad_body(
    field: &str,
    json: &[u8],
    error: &serde_path_to_error::Error<serde_json::Error>,
) -> BadBody {
    let inner = error.inner();
    if !inner.is_data() {
        return syntax(inner);
    }
    // What follows the wrong value may be no JSON at all.
    if let Err(error) = serde_json::from_slice::<serde::de::IgnoredAny>(json) {
        return syntax(&error);
    }
    let path = match error.path().to_string().as_str() {
        "." => field.to_owned(),
        path if field.is_empty() || path.starts_with('[') => format!("{field}{path}"),
        path => format!("{field}.{path}"),
    };
    BadBody::Data {
        field: path,
        message: without_position(&inner.to_string()),
    }
}

fn syntax(error: &serde_json::Error) -> BadBody {
    BadBody::Syntax(error.to_string())
}

/// The position is one in the field's own text, which the sender does not see.
fn without_position(message: &str) -> String {
    match message.rfind(" at line ") {
        Some(end) => message[..end].to_owned(),
        None => message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::num::NonZeroU8;

    const PARAMS: &[Param<'_>] = &[
        Param {
            name: "image",
            ty: "Image",
        },
        Param {
            name: "top",
            ty: "Option<NonZeroU8>",
        },
    ];

    #[derive(serde::Deserialize, Debug, PartialEq)]
    struct Image {
        sizes: Vec<u32>,
    }

    fn decode(body: &str) -> Result<(Image, Option<NonZeroU8>), BadBody> {
        Inputs::decode(PARAMS, body.as_bytes())
    }

    fn field(body: &str) -> (String, String) {
        match decode(body) {
            Err(BadBody::Data { field, message }) => (field, message),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn one_input_is_the_whole_body() {
        let decoded = <(Vec<u8>,)>::decode(&PARAMS[..1], b" [1, 2] ");
        assert_eq!(decoded, Ok((vec![1, 2],)));
    }

    #[test]
    fn several_inputs_are_the_fields_of_an_object() {
        let (image, top) = decode(r#"{"top": 3, "image": {"sizes": [1]}}"#).unwrap();
        assert_eq!((image.sizes, top), (vec![1], NonZeroU8::new(3)));
    }

    #[test]
    fn what_can_be_nothing_may_be_left_out() {
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
    fn an_unknown_field_is_named_with_those_that_are_known() {
        let (field, message) = field(r#"{"imge": {}}"#);
        assert_eq!(field, "imge");
        assert_eq!(message, "unknown field; the fields are `image`, `top`");
    }

    #[test]
    fn a_field_that_is_there_twice_is_named() {
        let (field, message) = field(r#"{"top": 1, "image": {"sizes": []}, "top": 2}"#);
        assert_eq!(field, "top");
        assert_eq!(message, "the field is there twice");
    }

    #[test]
    fn a_body_that_is_no_object_is_told_what_is_wanted() {
        let (field, message) = field("[1]");
        assert_eq!(field, "");
        assert_eq!(message, "expected an object with the fields `image`, `top`");
    }

    #[test]
    fn what_is_not_json_is_a_matter_of_syntax() {
        for body in [
            "",
            "{",
            "[",
            r#"{"image": }"#,
            r#"{"image": {"sizes": []}} x"#,
        ] {
            assert!(matches!(decode(body), Err(BadBody::Syntax(_))), "{body}");
        }
    }
}
