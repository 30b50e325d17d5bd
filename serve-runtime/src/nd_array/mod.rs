//! Arrays as inputs and outputs, which keep their shape and dtype.
//!
//! | file | what |
//! |---|---|
//! | `dtype.rs` | numpy's names of Rust's number types |
//! | `deserialize.rs`, `nested.rs` | from JSON |
//! | `serialize.rs` | to JSON |
//! | `file.rs` | the content types of files |
//! | `binary.rs`, `npy.rs`, `image.rs` | from the bytes of a file |

use std::ops::{Deref, DerefMut};

use ndarray::{Array, Dimension, IxDyn};

mod binary;
mod deserialize;
mod dtype;
mod file;
#[cfg(feature = "image")]
mod image;
mod nested;
mod npy;
mod serialize;
mod shape;

pub use dtype::Dtype;
#[cfg(feature = "http")]
pub(crate) use file::files;

/// An array of numbers with any number of dimensions, in a request or a response. It dereferences to an
/// [`ndarray::Array`].
///
/// | read from | |
/// |---|---|
/// | JSON | `{"array": [[1, 2], [3, 4]], "shape": [2, 2], "dtype": "uint8"}`, or the nested lists alone |
/// | `.npy`, as `numpy.save` writes it | sent as `application/x-npy` or `application/octet-stream` |
/// | an image, with the feature `image` | sent as `image/png`, `image/jpeg` or `image/webp` |
///
/// In JSON, `shape` and `dtype` may be left out; with a `shape`, the lists may be flat. An array of another dtype is
/// refused, not converted. So is an array with another number of dimensions, if `D` fixes it, as in
/// `NdArray<f32, Ix2>`. An image is read into an `NdArray<u8>` of the
/// shape (height, width, 3), red first, as it is stored: its EXIF orientation is not applied, and its transparency
/// is dropped. It may have up to [`MAX_PIXELS`](Self::MAX_PIXELS).
///
/// It is written as the JSON object above, so it can be read again; JSON has no infinity and no NaN.
///
/// ```
/// use serve_runtime::NdArray;
/// use serve_runtime::ndarray::{Ix2, array};
///
/// let rows: NdArray<f32, Ix2> = serde_json::from_str("[[1, 2], [3, 4.5]]")?;
/// assert_eq!(rows.column(1), array![2.0, 4.5]);
/// let json = serde_json::to_string(&rows)?;
/// assert_eq!(json, r#"{"array":[[1.0,2.0],[3.0,4.5]],"shape":[2,2],"dtype":"float32"}"#);
///
/// let error = serde_json::from_str::<NdArray<u8>>("[[1, 2], [3]]").unwrap_err().to_string();
/// assert!(error.starts_with("the list at [1] has 1 items, but the one at [0] has 2"), "{error}");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct NdArray<T, D = IxDyn>(Array<T, D>)
where
    D: Dimension;

impl<T, D: Dimension> NdArray<T, D> {
    /// The largest image that is decoded, in pixels: 64 million, which need 192 MB. A small file may hold more.
    pub const MAX_PIXELS: u64 = 64_000_000;

    /// The array itself.
    #[must_use]
    pub fn into_inner(self) -> Array<T, D> {
        self.0
    }
}

impl<T, D: Dimension> Deref for NdArray<T, D> {
    type Target = Array<T, D>;

    fn deref(&self) -> &Array<T, D> {
        &self.0
    }
}

impl<T, D: Dimension> DerefMut for NdArray<T, D> {
    fn deref_mut(&mut self) -> &mut Array<T, D> {
        &mut self.0
    }
}

impl<T, D: Dimension> From<Array<T, D>> for NdArray<T, D> {
    fn from(array: Array<T, D>) -> Self {
        NdArray(array)
    }
}

impl<T, D: Dimension> From<NdArray<T, D>> for Array<T, D> {
    fn from(array: NdArray<T, D>) -> Self {
        array.0
    }
}

/// Converts an array of any shape to the dimensions of `D`.
fn with_dimensions<T, D: Dimension>(array: Array<T, IxDyn>) -> Result<NdArray<T, D>, String> {
    let shape = array.shape().to_vec();
    array.into_dimensionality().map(NdArray).map_err(|_| {
        let wanted = D::NDIM.unwrap_or_default();
        format!("expected {wanted} dimensions, but the array's shape is {shape:?}")
    })
}
