//! Writes an array as JSON, with its shape and dtype.

use ndarray::{ArrayViewD, Axis, Dimension};
use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::NdArray;
use super::dtype::Dtype;

impl<T: Dtype + Serialize, D: Dimension> Serialize for NdArray<T, D> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("NdArray", 3)?;
        fields.serialize_field("array", &Lists(self.view().into_dyn()))?;
        fields.serialize_field("shape", self.shape())?;
        fields.serialize_field("dtype", T::NAME)?;
        fields.end()
    }
}

/// The values as nested lists, the first dimension outermost.
struct Lists<'a, T>(ArrayViewD<'a, T>);

impl<T: Serialize> Serialize for Lists<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.ndim() {
            0 => match self.0.first() {
                Some(number) => number.serialize(serializer),
                None => serializer.serialize_unit(), // unreachable: an array without dimensions has one value
            },
            1 => serializer.collect_seq(&self.0),
            _ => serializer.collect_seq(self.0.axis_iter(Axis(0)).map(Lists)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array, IxDyn};

    #[test]
    fn a_written_array_can_be_read_again() {
        for shape in [
            vec![],
            vec![0],
            vec![3],
            vec![2, 0],
            vec![2, 3],
            vec![2, 1, 2, 3],
        ] {
            let array = Array::from_shape_fn(IxDyn(&shape), |index| {
                let digits = index.as_array_view();
                digits
                    .iter()
                    .fold(0.1_f32, |sum, digit| sum * 7.0 + *digit as f32)
            });
            let array = NdArray::from(array);
            let json = serde_json::to_string(&array).unwrap();
            assert_eq!(
                serde_json::from_str::<NdArray<f32>>(&json).unwrap(),
                array,
                "{json}"
            );
        }
    }

    #[test]
    fn columns_are_written_in_the_order_of_rows() {
        let rows = Array::from_shape_vec((2, 2), vec![1_i64, 2, 3, 4]).unwrap();
        let columns = NdArray::from(rows.reversed_axes());
        let json = serde_json::to_string(&columns).unwrap();
        assert_eq!(
            json,
            r#"{"array":[[1,3],[2,4]],"shape":[2,2],"dtype":"int64"}"#
        );
    }
}
