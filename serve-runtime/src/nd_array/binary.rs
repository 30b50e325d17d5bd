//! An array from a file, whose first bytes identify the format.

use ndarray::ArrayD;

use super::dtype::Dtype;
use super::npy;

pub(super) fn read<T: Dtype>(bytes: &[u8]) -> Result<ArrayD<T>, String> {
    if bytes.starts_with(npy::MAGIC) {
        return npy::read(bytes);
    }
    #[cfg(feature = "image")]
    if let Some(format) = super::image::format(bytes) {
        return super::image::read(bytes, format);
    }
    let known = match cfg!(feature = "image") {
        true => "neither a .npy file nor a PNG, JPEG or WebP image",
        false => "not a .npy file",
    };
    Err(format!(
        "expected an array of {}, but this is {known}",
        T::NAME
    ))
}
