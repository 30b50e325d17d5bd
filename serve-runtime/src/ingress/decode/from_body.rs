//! The types that can be read from a body.

use serde::de::DeserializeOwned;

use super::bad_body::{BadBody, Fault};
#[cfg(feature = "multipart")]
use super::form::FormFields;
#[cfg(feature = "multipart")]
use super::form_fields;
use super::part::{JSON, Part};
use super::{accepted, json, raw, text};

/// An input that can be read from a request's body.
///
/// Every `serde::Deserialize` type implements it, depending on the content type: JSON becomes any
/// type, `text/*` strings, numbers and unit-only enums, other bytes `bytes::Bytes`, `Vec<u8>` and, with the
/// feature `ndarray`, `NdArray`.
///
/// A type with a format of its own implements this trait instead of `Deserialize`:
///
/// ```
/// use serve_runtime::ingress::{BadBody, FromBody, Part};
/// use serve_runtime::prelude::*;
///
/// /// A [netpbm](https://netpbm.sourceforge.net/doc/pgm.html) image in shades of grey.
/// struct Pgm {
///     shades: Vec<u8>,
/// }
///
/// impl FromBody for Pgm {
///     const CONTENT_TYPES: &'static [&'static str] = &["image/x-portable-graymap"];
///
///     fn from_body(part: &Part<'_>) -> Result<Self, BadBody> {
///         let rest = part.bytes().strip_prefix(b"P5").ok_or(BadBody::new("not a PGM image"))?;
///         Ok(Pgm { shades: rest.to_vec() })
///     }
/// }
///
/// #[deployment]
/// async fn darkest(image: &Pgm) -> Option<u8> {
///     image.shades.iter().min().copied()
/// }
///
/// #[graph]
/// fn darkness() -> Option<u8> {
///     input(|image: Pgm| darkest(image))
/// }
///
/// fn is_served<G: serve_runtime::ingress::Serve>(_: Application<G>) {}
/// is_served(darkness());
/// ```
#[diagnostic::on_unimplemented(
    message = "an input of type `{Self}` cannot be read from a request's body",
    label = "serving this graph over HTTP needs `{Self}` to be `serde::Deserialize`",
    note = "for a type of your own, derive `serde::Deserialize` or implement `serve_runtime::ingress::FromBody`",
    note = "a `Streaming` cannot come from a client: take a `Vec`, or call the graph through the handle that `deploy` returns"
)]
pub trait FromBody: Sized {
    /// The content types that it is read from, in lower case and without parameters; `audio/*` is any kind
    /// of audio. A body of another type is answered with 415 and this list.
    const CONTENT_TYPES: &'static [&'static str];

    /// Reads a body, or a part of one, whose content type is one of [`CONTENT_TYPES`](Self::CONTENT_TYPES).
    ///
    /// # Errors
    ///
    /// If the content is not valid. The client is answered with 422 and the message.
    fn from_body(part: &Part<'_>) -> Result<Self, BadBody>;

    /// Those of [`CONTENT_TYPES`](Self::CONTENT_TYPES) that this very type is read from.
    #[doc(hidden)]
    fn accepted() -> Vec<&'static str> {
        Self::CONTENT_TYPES.to_vec()
    }

    /// Reads the parts of a form, if the type reads its fields from parts.
    #[doc(hidden)]
    #[cfg(feature = "multipart")]
    fn from_fields(_fields: &FormFields<'_>) -> Option<Result<Self, BadBody>> {
        None
    }
}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned> FromBody for T {
    const CONTENT_TYPES: &'static [&'static str] = &[
        JSON,
        "text/*",
        "application/octet-stream",
        #[cfg(feature = "ndarray")]
        "application/x-npy",
        "image/*",
        "audio/*",
        "video/*",
    ];

    fn from_body(part: &Part<'_>) -> Result<Self, BadBody> {
        match part.content_type {
            JSON => json::read(part),
            text if text.starts_with("text/") => text::read(part),
            _ => raw::read(part),
        }
    }

    fn accepted() -> Vec<&'static str> {
        accepted::by::<T>()
    }

    #[cfg(feature = "multipart")]
    fn from_fields(fields: &FormFields<'_>) -> Option<Result<Self, BadBody>> {
        form_fields::read(*fields)
    }
}

/// Reads an input, whatever content type its part has.
pub(super) fn read<T: FromBody>(part: &Part<'_>) -> Result<T, BadBody> {
    let read = match part.is_one_of(T::CONTENT_TYPES) {
        true => T::from_body(part),
        false => Err(not_supported(part)),
    };
    read.map_err(|bad| match bad.fault() {
        Fault::ContentType => bad.send(&accepted::of::<T>(part)).at(part.field),
        _ => bad.at(part.field),
    })
}

/// The error for a body whose content type is not supported.
pub(super) fn not_supported(part: &Part<'_>) -> BadBody {
    let given = part.content_type;
    let message = format!("the content type `{given}` is not supported");
    BadBody::of(Fault::ContentType, part.field, message)
}
