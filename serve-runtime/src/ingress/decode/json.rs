//! Reads JSON as a value, with the path of a field that is wrong.

use serde::de::DeserializeOwned;

use super::bad_body::{BadBody, Fault};
use super::part::Part;

pub(super) fn read<T: DeserializeOwned>(part: &Part<'_>) -> Result<T, BadBody> {
    let mut deserializer = serde_json::Deserializer::from_slice(part.bytes);
    let value = serde_path_to_error::deserialize(&mut deserializer)
        .map_err(|error| bad_body(part, &error))?;
    deserializer.end().map_err(|error| syntax(part, &error))?;
    Ok(value)
}

/// A field of a form.
#[cfg(feature = "multipart")]
pub(super) fn read_seed<'de, S: serde::de::DeserializeSeed<'de>>(
    part: &Part<'de>,
    seed: S,
) -> Result<S::Value, BadBody> {
    let mut deserializer = serde_json::Deserializer::from_slice(part.bytes);
    let value = seed.deserialize(&mut deserializer);
    let whole = value.and_then(|value| deserializer.end().map(|()| value));
    whole.map_err(|error| match error.is_data() {
        true => BadBody::new(without_position(&error.to_string())),
        false => syntax(part, &error),
    })
}

pub(super) fn bad_body(
    part: &Part<'_>,
    error: &serde_path_to_error::Error<serde_json::Error>,
) -> BadBody {
    let inner = error.inner();
    if !inner.is_data() {
        return syntax(part, inner);
    }
    // The text after the wrong value may not be JSON at all.
    if let Err(error) = serde_json::from_slice::<serde::de::IgnoredAny>(part.bytes) {
        return syntax(part, &error);
    }
    let field = part.field;
    let path = match error.path().to_string().as_str() {
        "." => field.to_owned(),
        path if field.is_empty() || path.starts_with('[') => format!("{field}{path}"),
        path => format!("{field}.{path}"),
    };
    BadBody::new(without_position(&inner.to_string())).at(&path)
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
