//! The errors of a body.

use std::fmt;

/// What is wrong with a request's body, worded for its sender.
#[derive(Debug, PartialEq, Eq)]
pub struct BadBody {
    fault: Fault,
    field: String,
    message: String,
}

/// The kind of mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ingress) enum Fault {
    /// It is not what its content type says.
    Syntax,
    /// The input cannot be read from its content type.
    ContentType,
    /// Its content is not what the graph accepts.
    Content,
}

impl BadBody {
    /// A body with content that is not accepted; the client gets `message`, with the name of the
    /// input if there are several.
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

    /// The message for the sender.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Says what to send in place of a content type that is not supported.
    pub(super) fn send(mut self, content_types: &[&str]) -> Self {
        let names = content_types.iter().map(|known| format!("`{known}`"));
        let names: Vec<String> = names.collect();
        self.message = format!("{}; send {}", self.message, names.join(" or "));
        self
    }

    pub(in crate::ingress) fn fault(&self) -> Fault {
        self.fault
    }

    /// Sets the field, unless it is already set.
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
