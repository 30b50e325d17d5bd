//! The content types of the files that an array is read from.
//!
//! An array tells a deserializer by the name of its type which those are. A format of serde's gives it the value whatever
//! the name is.

use super::dtype::Dtype;

const ARRAY: &str = "serve_runtime::NdArray";
/// Of bytes: an image can be one.
const ARRAY_OF_BYTES: &str = "serve_runtime::NdArray<u8>";

pub(super) fn name<T: Dtype>() -> &'static str {
    match T::NAME == u8::NAME {
        true => ARRAY_OF_BYTES,
        false => ARRAY,
    }
}

#[cfg(feature = "http")]
const NPY: &[&str] = &["application/octet-stream", "application/x-npy"];
#[cfg(feature = "http")]
const NPY_OR_IMAGE: &[&str] = &[
    "application/octet-stream",
    "application/x-npy",
    #[cfg(feature = "image")]
    "image/png",
    #[cfg(feature = "image")]
    "image/jpeg",
    #[cfg(feature = "image")]
    "image/webp",
];

/// The content types of the files of an array's type; `None` if it is another type.
#[cfg(feature = "http")]
pub(crate) fn files(name: &str) -> Option<&'static [&'static str]> {
    match name {
        ARRAY => Some(NPY),
        ARRAY_OF_BYTES => Some(NPY_OR_IMAGE),
        _ => None,
    }
}
