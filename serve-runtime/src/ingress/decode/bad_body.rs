//! What is wrong with a body.

use std::fmt;

/// What is wrong with a request's body, in words for its sender.
#[derive(Debug, PartialEq, Eq)]
pub struct BadBody {
    fault: Fault,
    field: String,
    message: String,
}

/// What kind of mistake it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ingress) enum Fault {
    /// It is not what its content type says.
    Syntax,
    /// Its content type is none that the input can be read from.
    ContentType,
    /// It has another content than the graph takes.
    Content,
}

impl BadBody {
    /// A body whose content is not what is taken; the client is told `message`, with the name of the
    /// input where there are several.
    ///
    /// ```
    /// # use serve_runtime::ingress::BadBody;
    /// let port: Result<u16, BadBody> = "80a".parse().map_err(BadBody::new);
    /// assert_eq!(port.unwrap_err().to_string(), "invalid digit found in string");
    /// ```
    pub fn new(message: impl fmt::Display) -> Self {
        BadBody::of(Fault::Content, "", message)
    }

    pub(super) fn of(fault: Fault, field: &str, message: impl fmt::Display) -> Self {
        BadBody {
            fault,
            field: field.to_owned(),
            message: message.to_string(),
        }
    }

    /// The field that is wrong, such as `category` or `boxes[2].width`; empty for the whole body.
    #[must_use]
    pub fn field(&self) -> &str {
        &self.field
    }

    /// What is wrong with it.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    pub(in crate::ingress) fn fault(&self) -> Fault {
        self.fault
    }

    /// In this field, unless it says already in which one.
    pub(super) fn at(mut self, field: &str) -> Self {
        if self.field.is_empty() {
            field.clone_into(&mut self.field);
        }
        self
    }
}

impl fmt::Display for BadBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.field {
            "" => f.write_str(&self.message),
            field => write!(f, "field `{field}`: {}", self.message),
        }
    }
}

impl std::error::Error for BadBody {}
