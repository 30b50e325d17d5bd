//! The content types that a type is read from, for the sender of another one.
//!
//! serde does not say what a type is made of. It is asked to read a byte, and refuses the content types of which it can
//! read nothing.

use serde::de::DeserializeOwned;

use super::bad_body::Fault;
use super::from_body::FromBody;
use super::part::{JSON, Part};
use super::{raw, text};
use crate::panics::unwound;

/// Kinds of bytes, and the content types of the files that are known, which may be all that a type is read from of a kind.
const BYTES: &[&str] = &[
    "application/octet-stream",
    #[cfg(feature = "ndarray")]
    "application/x-npy",
    "image/*",
    #[cfg(feature = "image")]
    "image/png",
    #[cfg(feature = "image")]
    "image/jpeg",
    #[cfg(feature = "image")]
    "image/webp",
    "audio/*",
    "video/*",
];

/// Those that a part may have; a whole body may be a form as well.
pub(super) fn of<T: FromBody>(part: &Part<'_>) -> Vec<&'static str> {
    let mut all = T::accepted();
    if cfg!(feature = "multipart") && part.field.is_empty() {
        all.push("multipart/form-data");
    }
    all
}

/// Those that a type is read from through serde.
pub(super) fn by<T: DeserializeOwned>() -> Vec<&'static str> {
    let mut all = vec![JSON];
    let reads = |content_type, read: fn(&Part<'_>) -> Result<T, super::BadBody>| {
        let read = unwound(|| read(&Part::new(content_type, b"0")).map(drop));
        !matches!(read, Ok(Err(bad)) if bad.fault() == Fault::ContentType)
    };
    if reads("text/plain", text::read) {
        all.push("text/*");
    }
    for content_type in BYTES {
        let kind = content_type.split_once('/').map_or("", |(kind, _)| kind);
        let has_kind = all
            .iter()
            .any(|known| known.strip_suffix("/*") == Some(kind));
        if !has_kind && reads(content_type, raw::read) {
            all.push(content_type);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn a_type_is_read_from_what_it_can_be_made_of() {
        assert_eq!(by::<String>(), [JSON, "text/*"]);
        assert_eq!(by::<Option<u8>>(), [JSON, "text/*"]);
        assert_eq!(by::<BTreeMap<String, u8>>(), [JSON]);
        assert_eq!(by::<Vec<String>>(), [JSON]);
        let bytes = by::<Vec<u8>>();
        assert_eq!(bytes[..2], [JSON, "application/octet-stream"]);
        let kinds = ["image/*", "audio/*", "video/*"];
        assert!(bytes.ends_with(&kinds), "{bytes:?}");
    }

    #[test]
    #[cfg(feature = "ndarray")]
    fn an_array_is_read_from_its_files() {
        use crate::NdArray;

        let npy = [JSON, "application/octet-stream", "application/x-npy"];
        assert_eq!(by::<NdArray<f32>>(), npy);
        let images = ["image/png", "image/jpeg", "image/webp"];
        let images = if cfg!(feature = "image") {
            &images[..]
        } else {
            &[]
        };
        assert_eq!(by::<Option<NdArray<u8>>>(), [&npy[..], images].concat());
    }
}
