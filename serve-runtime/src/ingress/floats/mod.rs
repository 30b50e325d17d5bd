//! What an answer has in place of a float that JSON does not have: NaN and the infinities.
//!
//! serde_json writes them as `null`, without a word. Where they are refused, a text with a `null` in it makes the check walk
//! the value a second time, as the text does not tell whether it is that of an `Option`.

mod non_finite;

use serde::Serialize;

use crate::{Error, Result};

/// What a float of an answer can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Floats {
    /// Any; those that JSON does not have are written as `null`.
    OrNull,
    /// Finite; an answer with another one is an error.
    Finite,
}

impl Floats {
    pub(crate) fn new(refuse_non_finite: bool) -> Self {
        match refuse_non_finite {
            true => Floats::Finite,
            false => Floats::OrNull,
        }
    }

    /// An output as JSON.
    pub(super) fn text(self, output: &impl Serialize) -> Result<String> {
        self.checked(serde_json::to_string(output)?, output)
    }

    /// The JSON text of `output`, unless it has a float that is refused.
    pub(super) fn checked<B: AsRef<[u8]>>(self, text: B, output: &impl Serialize) -> Result<B> {
        if self == Floats::OrNull || !has_null(text.as_ref()) {
            return Ok(text);
        }
        match non_finite::find(output) {
            Some(found) => Err(Error::failed(found.to_string())),
            None => Ok(text),
        }
    }
}

/// Also true for a string that has it.
fn has_null(text: &[u8]) -> bool {
    text.windows(4).any(|part| part == b"null")
}
