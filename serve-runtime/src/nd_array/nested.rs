//! Reads nested lists as values and their shape.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer, Error, SeqAccess, Visitor};

use super::dtype::{Dtype, Number};
use super::shape::MAX_DIMENSIONS;

/// The values read so far.
pub(super) struct Nested<T> {
    /// The numbers, the last dimension first.
    pub(super) values: Vec<T>,
    /// The length of the lists at each depth; `None` while the first list of a depth is being read.
    lengths: Vec<Option<usize>>,
    /// The depth of the numbers, once one has been read.
    depth: Option<usize>,
    /// The index of the item that is being read.
    index: Vec<usize>,
}

impl<T> Nested<T> {
    pub(super) fn new() -> Self {
        Nested {
            values: Vec::new(),
            lengths: Vec::new(),
            depth: None,
            index: Vec::new(),
        }
    }

    /// The lengths of the lists, from the outermost one.
    pub(super) fn shape(&self) -> Vec<usize> {
        self.lengths
            .iter()
            .map(|length| length.unwrap_or(0))
            .collect()
    }

    fn enter(&mut self) -> Result<(), String> {
        let depth = self.index.len();
        if self.depth.is_some_and(|numbers| depth >= numbers) {
            return Err(format!("a list at {:?}, where numbers are", self.index));
        }
        if depth == MAX_DIMENSIONS {
            return Err(format!("lists are nested more than {MAX_DIMENSIONS} deep"));
        }
        if depth == self.lengths.len() {
            self.lengths.push(None);
        }
        self.index.push(0);
        Ok(())
    }

    fn leave(&mut self) -> Result<(), String> {
        let length = self.index.pop().unwrap_or_default();
        let depth = self.index.len();
        match self.lengths.get_mut(depth) {
            Some(Some(first)) if *first != length => {
                let (index, first_index) = (&self.index, vec![0; depth]);
                Err(format!(
                    "the list at {index:?} has {length} items, but the one at {first_index:?} has {first}"
                ))
            }
            Some(known) => {
                *known = Some(length);
                Ok(())
            }
            None => Ok(()),
        }
    }
}

impl<T: Dtype> Nested<T> {
    fn push(&mut self, number: Number) -> Result<(), String> {
        if self.index.len() != self.lengths.len() {
            return Err(format!("a number at {:?}, where lists are", self.index));
        }
        self.depth = Some(self.index.len());
        let value = T::of_number(number)
            .ok_or_else(|| format!("{number} at {:?} is not a {}", self.index, T::NAME))?;
        self.values.push(value);
        Ok(())
    }
}

/// Reads one item of the lists: a number, or a list of such items.
pub(super) struct Item<'n, T>(pub(super) &'n mut Nested<T>);

impl<'de, T: Dtype> DeserializeSeed<'de> for Item<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: Dtype> Visitor<'de> for Item<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} or a list of such", T::NAME)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        self.0.push(Number::Bool(value)).map_err(E::custom)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.0.push(Number::Unsigned(value)).map_err(E::custom)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.0.push(Number::Signed(value)).map_err(E::custom)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        self.0.push(Number::Float(value)).map_err(E::custom)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let nested = self.0;
        nested.enter().map_err(A::Error::custom)?;
        while items.next_element_seed(Item(nested))?.is_some() {
            if let Some(index) = nested.index.last_mut() {
                *index += 1;
            }
        }
        nested.leave().map_err(A::Error::custom)
    }
}

/// Writes a value as nested lists.
pub(super) struct Lists<T>(pub(super) PhantomData<T>);

impl<'de, T: Dtype> DeserializeSeed<'de> for Lists<T> {
    type Value = Nested<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Nested<T>, D::Error> {
        let mut nested = Nested::new();
        Item(&mut nested).deserialize(deserializer)?;
        Ok(nested)
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Number::Unsigned(number) => number.fmt(f),
            Number::Signed(number) => number.fmt(f),
            // With a decimal point, which distinguishes it from an integer.
            Number::Float(number) => write!(f, "{number:?}"),
            Number::Bool(truth) => truth.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<(Vec<usize>, Vec<u8>), String> {
        let mut json = serde_json::Deserializer::from_str(json);
        let nested = Lists::<u8>(PhantomData).deserialize(&mut json);
        let nested = nested.map_err(|error| error.to_string())?;
        Ok((nested.shape(), nested.values))
    }

    #[test]
    fn lists_have_a_shape() {
        for (json, shape, values) in [
            ("7", vec![], vec![7]),
            ("[]", vec![0], vec![]),
            ("[[], []]", vec![2, 0], vec![]),
            ("[[1, 2, 3], [4, 5, 6]]", vec![2, 3], vec![1, 2, 3, 4, 5, 6]),
            ("[[[1]], [[2]]]", vec![2, 1, 1], vec![1, 2]),
        ] {
            assert_eq!(read(json), Ok((shape, values)), "{json}");
        }
    }

    #[test]
    fn irregular_lists_are_refused_with_the_place() {
        for (json, expected) in [
            (
                "[[1, 2], [3]]",
                "the list at [1] has 1 items, but the one at [0] has 2",
            ),
            (
                "[[], [1]]",
                "the list at [1] has 1 items, but the one at [0] has 0",
            ),
            (
                "[[[1], [2]], [[3]]]",
                "the list at [1] has 1 items, but the one at [0] has 2",
            ),
            ("[1, [2]]", "a list at [1], where numbers are"),
            ("[[1], 2]", "a number at [1], where lists are"),
            ("[[], 2]", "a number at [1], where lists are"),
            ("[[1, 256]]", "256 at [0, 1] is not a uint8"),
            ("[-1]", "-1 at [0] is not a uint8"),
            ("[1.0]", "1.0 at [0] is not a uint8"),
            ("[true]", "true at [0] is not a uint8"),
            (
                "[null]",
                "invalid type: null, expected uint8 or a list of such",
            ),
        ] {
            let error = read(json).unwrap_err();
            assert!(error.starts_with(expected), "{json}: {error}");
        }
        let deep = "[".repeat(40) + &"]".repeat(40);
        let error = read(&deep).unwrap_err();
        assert!(
            error.starts_with("lists are nested more than 32 deep"),
            "{error}"
        );
    }
}
