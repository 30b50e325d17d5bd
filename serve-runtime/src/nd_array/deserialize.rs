//! An array from JSON: an object with its dtype and shape, or plain nested lists.

use std::fmt;
use std::marker::PhantomData;

use ndarray::{ArrayD, Dimension, IxDyn};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::dtype::{self, Dtype};
use super::nested::{Item, Lists, Nested};
use super::{NdArray, binary, file, shape, with_dimensions};

const FIELDS: &[&str] = &["array", "shape", "dtype"];

impl<'de, T: Dtype, D: Dimension> Deserialize<'de> for NdArray<T, D> {
    fn deserialize<De: Deserializer<'de>>(deserializer: De) -> Result<Self, De::Error> {
        // The name is for `raw`: serde's other formats do not look at it.
        deserializer.deserialize_newtype_struct(file::name::<T>(), Visit(PhantomData))
    }
}

struct Visit<T, D>(PhantomData<(T, D)>);

impl<'de, T: Dtype, D: Dimension> Visitor<'de> for Visit<T, D> {
    type Value = NdArray<T, D>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an array of {}", T::NAME)
    }

    fn visit_newtype_struct<De: Deserializer<'de>>(
        self,
        deserializer: De,
    ) -> Result<Self::Value, De::Error> {
        deserializer.deserialize_any(self)
    }

    /// `[[1, 2], [3, 4]]`
    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Self::Value, A::Error> {
        let mut nested = Nested::<T>::new();
        Item(&mut nested).visit_seq(items)?;
        finish(nested, None).map_err(A::Error::custom)
    }

    /// `{"array": [1, 2, 3, 4], "shape": [2, 2], "dtype": "uint8"}`
    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Self::Value, A::Error> {
        let (mut nested, mut shape, mut written) = (None, None, None);
        while let Some(field) = fields.next_key::<String>()? {
            let is_twice = match &*field {
                "array" => nested
                    .replace(fields.next_value_seed(Lists::<T>(PhantomData))?)
                    .is_some(),
                "shape" => shape
                    .replace(fields.next_value::<Option<Vec<usize>>>()?)
                    .is_some(),
                "dtype" => written
                    .replace(fields.next_value::<Option<DtypeOf<T>>>()?)
                    .is_some(),
                _ => return Err(A::Error::unknown_field(&field, FIELDS)),
            };
            if is_twice {
                return Err(A::Error::custom(format!(
                    "the field `{field}` is given twice"
                )));
            }
        }
        let nested = nested.ok_or_else(|| A::Error::missing_field("array"))?;
        finish(nested, shape.flatten()).map_err(A::Error::custom)
    }

    /// The bytes of a file.
    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Self::Value, E> {
        let array = binary::read(bytes).map_err(E::custom)?;
        with_dimensions(array).map_err(E::custom)
    }
}

/// The name of `T` in numpy, in any spelling.
struct DtypeOf<T>(PhantomData<T>);

impl<'de, T: Dtype> Deserialize<'de> for DtypeOf<T> {
    fn deserialize<De: Deserializer<'de>>(deserializer: De) -> Result<Self, De::Error> {
        let written = String::deserialize(deserializer)?;
        dtype::check::<T>(&written).map_err(De::Error::custom)?;
        Ok(DtypeOf(PhantomData))
    }
}

fn finish<T: Dtype, D: Dimension>(
    nested: Nested<T>,
    shape: Option<Vec<usize>>,
) -> Result<NdArray<T, D>, String> {
    let shape = match shape {
        None => nested.shape(),
        Some(shape) => {
            shape::check(&shape, nested.values.len())?;
            shape
        }
    };
    let array = ArrayD::from_shape_vec(IxDyn(&shape), nested.values);
    // Besides a length of 0, the others may exceed any memory.
    let array =
        array.map_err(|error| format!("an array cannot have the shape {shape:?}: {error}"))?;
    with_dimensions(array)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Ix2, arr0, array};

    fn read<T: Dtype, D: Dimension>(json: &str) -> Result<NdArray<T, D>, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    #[test]
    fn lists_and_objects_become_arrays() {
        let rows = NdArray::from(array![[1_u8, 2], [3, 4]]);
        for json in [
            "[[1, 2], [3, 4]]",
            r#"{"array": [[1, 2], [3, 4]]}"#,
            r#"{"dtype": "uint8", "shape": [2, 2], "array": [1, 2, 3, 4]}"#,
            r#"{"array": [1, 2, 3, 4], "shape": [2, 2], "dtype": "|u1"}"#,
            r#"{"array": [[1, 2], [3, 4]], "shape": null, "dtype": null}"#,
        ] {
            assert_eq!(read::<u8, Ix2>(json), Ok(rows.clone()), "{json}");
        }
        let scalar = NdArray::from(arr0(1.5_f32).into_dyn());
        assert_eq!(read(r#"{"array": 1.5, "shape": []}"#), Ok(scalar));
        let empty = read::<u8, IxDyn>(r#"{"array": [], "shape": [0, 3]}"#).unwrap();
        assert_eq!(empty.shape(), [0, 3]);
    }

    #[test]
    fn a_value_that_is_not_such_an_array_is_refused() {
        for (json, expected) in [
            (
                r#"{"array": [1, 2, 3], "shape": [2, 2]}"#,
                "the shape [2, 2] has 2 * 2 = 4 values, but there are 3",
            ),
            (
                r#"{"array": [1], "shape": [4611686018427387904, 4611686018427387904]}"#,
                "the shape [4611686018427387904, 4611686018427387904] has \
                 4611686018427387904 * 4611686018427387904 = too many values",
            ),
            (
                r#"{"array": [], "shape": [0, 9223372036854775807, 2]}"#,
                "an array cannot have the shape [0, 9223372036854775807, 2]",
            ),
            (
                r#"{"array": [], "shape": [9223372036854775807, 0]}"#,
                "the shape [9223372036854775807, 0] has no values, but more than 65536 empty lists",
            ),
            (
                r#"{"array": [[1]], "dtype": "float32"}"#,
                "expected an array of uint8, but this is one of float32; send `array.astype(\"uint8\")`",
            ),
            (
                r#"{"array": [[1]], "dtype": "flaot"}"#,
                "expected an array of uint8, but this is one of `flaot`",
            ),
            (
                "[1, 2]",
                "expected 2 dimensions, but the array's shape is [2]",
            ),
            (r#"{"shape": [1]}"#, "missing field `array`"),
            (
                r#"{"array": [], "shpe": [1]}"#,
                "unknown field `shpe`, expected one of `array`, `shape`, `dtype`",
            ),
            (
                r#"{"array": [], "array": []}"#,
                "the field `array` is given twice",
            ),
            (
                r#""x""#,
                "invalid type: string \"x\", expected an array of uint8",
            ),
        ] {
            let error = read::<u8, Ix2>(json).unwrap_err();
            assert!(error.starts_with(expected), "{json}: {error}");
        }
    }
}
