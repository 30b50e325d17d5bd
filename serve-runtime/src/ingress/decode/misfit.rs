//! The errors of a body that is not JSON.

use std::fmt;

use serde::de::{self, Expected, Unexpected};

use super::bad_body::{BadBody, Fault};
use super::part::Part;

/// Why a type cannot be read from a text or from bytes.
#[derive(Debug)]
pub(super) enum Misfit {
    /// The type cannot be read from anything of that kind.
    Kind { expected: String },
    /// The type can be read from that kind, but not from this value.
    Value(String),
}

impl Misfit {
    pub(super) fn of(self, part: &Part<'_>) -> BadBody {
        match self {
            Misfit::Kind { expected } => {
                let given = part.content_type;
                let message = format!("`{given}` cannot be read as {expected}");
                BadBody::of(Fault::ContentType, part.field, message)
            }
            Misfit::Value(message) => BadBody::of(Fault::Content, part.field, message),
        }
    }
}

impl de::Error for Misfit {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Misfit::Value(message.to_string())
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Misfit::Kind {
            expected: expected.to_string(),
        }
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Misfit::Kind { expected } => write!(f, "expected {expected}"),
            Misfit::Value(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for Misfit {}
