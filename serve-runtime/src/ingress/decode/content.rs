//! A request's body and its content type.

use axum::body::Bytes;
use axum::http::{HeaderMap, header};

use super::part::JSON;

/// A body as it was received.
#[derive(Debug)]
pub(in crate::ingress) struct Content {
    pub(super) content_type: ContentType,
    pub(super) bytes: Bytes,
}

impl Content {
    pub(in crate::ingress) fn new(headers: &HeaderMap, bytes: Bytes) -> Self {
        Content {
            content_type: ContentType::of(headers),
            bytes,
        }
    }

    pub(in crate::ingress) fn json(bytes: impl Into<Bytes>) -> Self {
        Content {
            content_type: ContentType::Json,
            bytes: bytes.into(),
        }
    }

    pub(in crate::ingress) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether its size bounds the time to read it: a small image may be a large array.
    pub(in crate::ingress) fn is_plain(&self) -> bool {
        let essence = self.content_type.essence();
        essence == JSON || essence.starts_with("text/")
    }
}

/// The content type of a body.
#[derive(Debug)]
pub(super) enum ContentType {
    /// JSON by any of its names, or no content type.
    Json,
    /// Any other type.
    Other {
        /// In lower case, such as `image/png`.
        essence: String,
        /// The whole header with its parameters, such as the boundary of a form's parts.
        #[cfg_attr(not(feature = "multipart"), allow(dead_code))]
        whole: String,
    },
}

impl ContentType {
    fn of(headers: &HeaderMap) -> Self {
        match headers.get(header::CONTENT_TYPE) {
            Some(given) => ContentType::read(given.to_str().unwrap_or_default()),
            None => ContentType::Json,
        }
    }

    pub(super) fn read(given: &str) -> Self {
        let essence = given.split(';').next().unwrap_or_default().trim();
        if essence.eq_ignore_ascii_case(JSON) {
            return ContentType::Json;
        }
        let essence = essence.to_ascii_lowercase();
        match essence.ends_with("+json") {
            true => ContentType::Json,
            false => ContentType::Other {
                essence,
                whole: given.to_owned(),
            },
        }
    }

    pub(super) fn essence(&self) -> &str {
        match self {
            ContentType::Json => JSON,
            ContentType::Other { essence, .. } => essence,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_has_many_names() {
        for (given, essence) in [
            ("application/json", JSON),
            ("Application/JSON; charset=utf-8", JSON),
            ("application/problem+json", JSON),
            ("text/plain;charset=utf-8", "text/plain"),
            ("Image/PNG", "image/png"),
            ("", ""),
        ] {
            assert_eq!(ContentType::read(given).essence(), essence, "{given}");
        }
        assert_eq!(ContentType::of(&HeaderMap::new()).essence(), JSON);
    }
}
