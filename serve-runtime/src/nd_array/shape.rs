//! Checks the shapes that a sender gives with the values.

/// The maximum number of dimensions of an array: numpy's own limit until 2.0.
pub(super) const MAX_DIMENSIONS: usize = 32;

/// The maximum number of lists in an array without values: they take no room in a request, but do in a response.
const MAX_EMPTY_LISTS: usize = 65_536;

/// Checks that an array can have that shape with so many values.
pub(super) fn check(shape: &[usize], values: usize) -> Result<(), String> {
    if shape.len() > MAX_DIMENSIONS {
        let dimensions = shape.len();
        return Err(format!(
            "a shape of {dimensions} dimensions, but an array has at most {MAX_DIMENSIONS}"
        ));
    }
    if product(shape) != Some(values) {
        return Err(wrong_length(shape, values));
    }
    let lists = product(
        shape
            .split(|length| *length == 0)
            .next()
            .unwrap_or_default(),
    );
    if values == 0 && lists.is_none_or(|lists| lists > MAX_EMPTY_LISTS) {
        return Err(format!(
            "the shape {shape:?} has no values, but more than {MAX_EMPTY_LISTS} empty lists"
        ));
    }
    Ok(())
}

fn product(lengths: &[usize]) -> Option<usize> {
    let mut lengths = lengths.iter();
    lengths.try_fold(1, |product: usize, length| product.checked_mul(*length))
}

/// The error if the number of values is wrong, with the arithmetic.
fn wrong_length(shape: &[usize], values: usize) -> String {
    let product = product(shape).map_or_else(|| "too many".to_owned(), |it| it.to_string());
    let factors: Vec<String> = shape.iter().map(usize::to_string).collect();
    let wanted = match factors.len() {
        0 | 1 => product,
        _ => format!("{} = {product}", factors.join(" * ")),
    };
    format!("the shape {shape:?} has {wanted} values, but there are {values}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_values_has_to_match_the_shape() {
        for (shape, values) in [
            (&[][..], 1),
            (&[0], 0),
            (&[3], 3),
            (&[2, 3], 6),
            (&[65_536, 0], 0),
            (&[0, 1 << 40], 0),
            (&[1; 32], 1),
        ] {
            assert_eq!(check(shape, values), Ok(()), "{shape:?}");
        }
    }

    #[test]
    fn a_shape_that_no_response_can_hold_is_refused() {
        assert_eq!(
            check(&[1; 33], 1).unwrap_err(),
            "a shape of 33 dimensions, but an array has at most 32"
        );
        for shape in [&[65_537, 0][..], &[1 << 40, 1 << 20, 0]] {
            let error = check(shape, 0).unwrap_err();
            assert!(
                error.contains("no values, but more than 65536 empty lists"),
                "{error}"
            );
        }
    }
}
