//! Reads JSON as a value, with the path of a field that is wrong.

use std::marker::PhantomData;

use serde::de::{DeserializeOwned, DeserializeSeed};
use serde_path_to_error::{Path, Track};

use super::bad_body::{BadBody, Fault};
use super::part::Part;

pub(super) fn read<T: DeserializeOwned>(part: &Part<'_>) -> Result<T, BadBody> {
    read_seed(part, PhantomData)
}

pub(super) fn read_seed<'de, S: DeserializeSeed<'de>>(
    part: &Part<'de>,
    seed: S,
) -> Result<S::Value, BadBody> {
    let mut deserializer = serde_json::Deserializer::from_slice(part.bytes);
    let mut track = Track::new();
    let tracked = serde_path_to_error::Deserializer::new(&mut deserializer, &mut track);
    let value = seed.deserialize(tracked);
    let value = value.map_err(|error| bad_body(part, &track.path(), &error))?;
    deserializer.end().map_err(|error| syntax(part, &error))?;
    Ok(value)
}

pub(super) fn bad_body(part: &Part<'_>, path: &Path, error: &serde_json::Error) -> BadBody {
    if let Err(not_json) = check(part) {
        return not_json;
    }
    let field = part.field;
    let path = match path.to_string().as_str() {
        "." => field.to_owned(),
        path if field.is_empty() || path.starts_with('[') => format!("{field}{path}"),
        path => format!("{field}.{path}"),
    };
    BadBody::new(without_position(&error.to_string())).at(&path)
}

/// Whether a part is JSON at all. The error of a value does not say: the text after it may not be JSON, and what the reader
/// has no room for - a number of 1,000 digits, a list 200 deep - is JSON all the same.
fn check(part: &Part<'_>) -> Result<(), BadBody> {
    let text = std::str::from_utf8(part.bytes).map_err(serde::de::Error::custom);
    let read = text.and_then(serde_json::from_str::<serde::de::IgnoredAny>);
    read.map(drop).map_err(|error| syntax(part, &error))
}

pub(super) fn syntax(part: &Part<'_>, error: &serde_json::Error) -> BadBody {
    let what = match part.field {
        "" => "the body is",
        _ => "this is",
    };
    BadBody::of(
        Fault::Syntax,
        part.field,
        format!("{what} not JSON: {error}"),
    )
}

/// Removes the position, which is one in the field's own text, which the sender does not see.
fn without_position(message: &str) -> String {
    match message.rfind(" at line ") {
        Some(end) => message[..end].to_owned(),
        None => message.to_owned(),
    }
}
