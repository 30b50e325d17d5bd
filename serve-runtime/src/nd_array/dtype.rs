//! Numpy's names of Rust's number types.

/// A number type that arrays consist of: the integers of 8 to 64 bits, `f32`, `f64` and `bool`.
#[diagnostic::on_unimplemented(
    message = "a request cannot carry an array of `{Self}`: numpy has no such dtype",
    label = "not a number type that such an array can hold",
    note = "the types are `bool`, `u8` to `u64`, `i8` to `i64`, `f32` and `f64`"
)]
pub trait Dtype: Element {
    /// Its name in numpy, such as `float32`.
    const NAME: &'static str;
}

/// How values are read from JSON and files.
pub trait Element: Copy + Send + Sync + 'static {
    #[doc(hidden)]
    fn of_number(number: Number) -> Option<Self>;

    /// Reads all values of a file, whose length is a multiple of their size.
    #[doc(hidden)]
    fn of_bytes(bytes: &[u8], is_big_endian: bool) -> Result<Vec<Self>, String>;

    /// Takes the bytes themselves, if they are the values.
    #[doc(hidden)]
    fn of_u8s(_bytes: Vec<u8>) -> Option<Vec<Self>> {
        None
    }
}

/// A number in a JSON text.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub enum Number {
    Unsigned(u64),
    Signed(i64),
    Float(f64),
    Bool(bool),
}

macro_rules! of_bytes {
    ($T:ty) => {
        fn of_bytes(bytes: &[u8], is_big_endian: bool) -> Result<Vec<Self>, String> {
            let values = bytes.as_chunks().0.iter();
            Ok(match is_big_endian {
                true => values.map(|value| <$T>::from_be_bytes(*value)).collect(),
                false => values.map(|value| <$T>::from_le_bytes(*value)).collect(),
            })
        }
    };
}

macro_rules! integers {
    ($($T:ident $name:literal $({ $of_u8s:item })?)*) => {$(
        impl Dtype for $T {
            const NAME: &'static str = $name;
        }

        impl Element for $T {
            fn of_number(number: Number) -> Option<Self> {
                match number {
                    Number::Unsigned(number) => number.try_into().ok(),
                    Number::Signed(number) => number.try_into().ok(),
                    Number::Float(_) | Number::Bool(_) => None,
                }
            }

            of_bytes!($T);

            $($of_u8s)?
        }
    )*};
}

integers! {
    u8 "uint8" {
        fn of_u8s(bytes: Vec<u8>) -> Option<Vec<u8>> {
            Some(bytes)
        }
    }
    u16 "uint16"
    u32 "uint32"
    u64 "uint64"
    i8 "int8"
    i16 "int16"
    i32 "int32"
    i64 "int64"
}

macro_rules! floats {
    ($($T:ident $name:literal)*) => {$(
        impl Dtype for $T {
            const NAME: &'static str = $name;
        }

        impl Element for $T {
            /// The nearest value; a number beyond the largest value is refused.
            fn of_number(number: Number) -> Option<Self> {
                let nearest = match number {
                    Number::Unsigned(number) => number as $T,
                    Number::Signed(number) => number as $T,
                    Number::Float(number) => number as $T,
                    Number::Bool(_) => return None,
                };
                nearest.is_finite().then_some(nearest)
            }

            of_bytes!($T);
        }
    )*};
}

floats! {
    f32 "float32"
    f64 "float64"
}

impl Dtype for bool {
    const NAME: &'static str = "bool";
}

impl Element for bool {
    fn of_number(number: Number) -> Option<Self> {
        match number {
            Number::Bool(truth) => Some(truth),
            Number::Unsigned(_) | Number::Signed(_) | Number::Float(_) => None,
        }
    }

    fn of_bytes(bytes: &[u8], _: bool) -> Result<Vec<Self>, String> {
        let truth = |byte: &u8| match byte {
            0 => Ok(false),
            1 => Ok(true),
            other => Err(format!("the byte {other} is not a bool")),
        };
        bytes.iter().map(truth).collect()
    }
}

/// Numpy's types by their names, with their kind and size in bytes as files have them.
const NAMES: [(&str, &str); 17] = [
    ("bool", "b1"),
    ("uint8", "u1"),
    ("uint16", "u2"),
    ("uint32", "u4"),
    ("uint64", "u8"),
    ("int8", "i1"),
    ("int16", "i2"),
    ("int32", "i4"),
    ("int64", "i8"),
    ("float16", "f2"),
    ("float32", "f4"),
    ("float64", "f8"),
    ("complex64", "c8"),
    ("complex128", "c16"),
    // Python's names.
    ("int64", "int"),
    ("float64", "float"),
    ("float64", "double"),
];

/// The name of a type in any of numpy's spellings: `float32`, `f4`, `<f4`.
pub(super) fn name(written: &str) -> Option<&'static str> {
    let code = written.trim_start_matches(['<', '>', '=', '|']);
    let known = |(name, short): &&(&str, &str)| *name == written || *short == code;
    NAMES.iter().find(known).map(|(name, _)| *name)
}

/// Checks that a type, as it is written, is the wanted one; an error says what to do.
pub(super) fn check<T: Dtype>(written: &str) -> Result<(), String> {
    let wanted = T::NAME;
    match name(written) {
        Some(given) if given == wanted => Ok(()),
        Some(given) => Err(format!(
            "expected an array of {wanted}, but this is one of {given}; send `array.astype(\"{wanted}\")`"
        )),
        None => Err(format!(
            "expected an array of {wanted}, but this is one of `{written}`"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_known_by_each_of_its_names() {
        for (written, wanted) in [
            ("float32", Some("float32")),
            ("<f4", Some("float32")),
            (">f4", Some("float32")),
            ("f4", Some("float32")),
            ("|u1", Some("uint8")),
            ("|b1", Some("bool")),
            ("float", Some("float64")),
            ("<U3", None),
            ("", None),
        ] {
            assert_eq!(name(written), wanted, "{written}");
        }
    }

    #[test]
    fn numbers_are_taken_if_they_fit() {
        assert_eq!(u8::of_number(Number::Unsigned(255)), Some(255));
        assert_eq!(u8::of_number(Number::Unsigned(256)), None);
        assert_eq!(u8::of_number(Number::Signed(-1)), None);
        assert_eq!(i8::of_number(Number::Signed(-128)), Some(-128));
        assert_eq!(i8::of_number(Number::Float(1.5)), None);
        assert_eq!(f32::of_number(Number::Signed(-3)), Some(-3.0));
        assert_eq!(f32::of_number(Number::Float(1e39)), None);
        assert_eq!(f64::of_number(Number::Float(1e39)), Some(1e39));
        assert_eq!(bool::of_number(Number::Unsigned(1)), None);
    }
}
