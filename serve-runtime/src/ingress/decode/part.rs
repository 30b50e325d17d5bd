//! The part of a body that becomes one input.

/// The content type of JSON.
pub(super) const JSON: &str = "application/json";

/// A body, or the part of one, that becomes one input.
#[derive(Debug, Clone, Copy)]
pub struct Part<'b> {
    pub(super) field: &'b str,
    pub(super) content_type: &'b str,
    pub(super) bytes: &'b [u8],
}

impl<'b> Part<'b> {
    /// A whole body. Its content type is written in lower case and without parameters: `audio/wav`.
    #[must_use]
    pub fn new(content_type: &'b str, bytes: &'b [u8]) -> Self {
        Part {
            field: "",
            content_type,
            bytes,
        }
    }

    pub(super) fn json(field: &'b str, bytes: &'b [u8]) -> Self {
        Part {
            field,
            ..Part::new(JSON, bytes)
        }
    }

    /// The input's name; empty where the body is the only input.
    #[must_use]
    pub fn field(&self) -> &'b str {
        self.field
    }

    /// Its content type according to the client, such as `image/png`: in lower case and without parameters.
    #[must_use]
    pub fn content_type(&self) -> &'b str {
        self.content_type
    }

    /// Its content.
    #[must_use]
    pub fn bytes(&self) -> &'b [u8] {
        self.bytes
    }

    /// Whether its content type is one of these, of which `image/*` is any kind of image.
    pub(super) fn is_one_of(&self, content_types: &[&str]) -> bool {
        content_types.iter().any(|known| self.is(known))
    }

    fn is(&self, known: &str) -> bool {
        match known.strip_suffix('*') {
            Some(start) => self.content_type.starts_with(start),
            None => self.content_type == known,
        }
    }
}
