//! Finds a float that is not finite in a value, by having it serialized into nothing.
//!
//! `serde_path_to_error` knows such paths as well, but loses them below an `Option` or a newtype.

use std::fmt::{self, Display};

use serde::Serialize;
use serde::ser::{
    self, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant,
};

/// The first float that is not finite.
pub(super) fn find(value: &impl Serialize) -> Option<NonFinite> {
    match value.serialize(Finder) {
        // A value that cannot be serialized has its own error, when it is written.
        Ok(()) | Err(Stop::Failed) => None,
        Err(Stop::Found(found)) => Some(found),
    }
}

/// A float that is not finite, and where it is, such as `scores[3]`.
#[derive(Debug)]
pub(super) struct NonFinite {
    float: f64,
    path: String,
}

impl Display for NonFinite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let float = match self.float {
            f64::INFINITY => "infinity",
            f64::NEG_INFINITY => "-infinity",
            _ => "NaN",
        };
        match &*self.path {
            "" => write!(f, "the output is {float}"),
            path => write!(f, "the output has {float} at `{path}`"),
        }?;
        f.write_str(", and JSON has no such number")
    }
}

/// Why the search ends early.
#[derive(Debug)]
enum Stop {
    Found(NonFinite),
    /// The value cannot be serialized.
    Failed,
}

impl Stop {
    fn in_field(self, name: &str) -> Self {
        self.within(name.to_owned())
    }

    fn in_item(self, index: usize) -> Self {
        self.within(format!("[{index}]"))
    }

    /// The path is made from its end, so that a value without such a float costs nothing.
    fn within(self, mut outer: String) -> Self {
        let Stop::Found(NonFinite { float, path }) = self else {
            return self;
        };
        if !path.is_empty() && !path.starts_with('[') {
            outer.push('.');
        }
        let path = outer + &path;
        Stop::Found(NonFinite { float, path })
    }
}

impl ser::Error for Stop {
    fn custom<T: Display>(_: T) -> Self {
        Stop::Failed
    }
}

impl Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Stop::Found(found) => found.fmt(f),
            Stop::Failed => f.write_str("the output cannot be serialized"),
        }
    }
}

impl std::error::Error for Stop {}

type Searched = Result<(), Stop>;

struct Finder;

/// The values in which there is nothing to find.
macro_rules! finite {
    ($($serialize:ident($($argument:ty),*))*) => {$(
        fn $serialize(self, $(_: $argument),*) -> Searched {
            Ok(())
        }
    )*};
}

impl ser::Serializer for Finder {
    type Ok = ();
    type Error = Stop;
    type SerializeSeq = Items;
    type SerializeTuple = Items;
    type SerializeTupleStruct = Items;
    type SerializeTupleVariant = Items;
    type SerializeMap = Fields;
    type SerializeStruct = Fields;
    type SerializeStructVariant = Fields;

    fn serialize_f32(self, float: f32) -> Searched {
        self.serialize_f64(float.into())
    }

    fn serialize_f64(self, float: f64) -> Searched {
        let path = String::new();
        match float.is_finite() {
            true => Ok(()),
            false => Err(Stop::Found(NonFinite { float, path })),
        }
    }

    finite! {
        serialize_bool(bool)
        serialize_i8(i8)
        serialize_i16(i16)
        serialize_i32(i32)
        serialize_i64(i64)
        serialize_i128(i128)
        serialize_u8(u8)
        serialize_u16(u16)
        serialize_u32(u32)
        serialize_u64(u64)
        serialize_u128(u128)
        serialize_char(char)
        serialize_str(&str)
        serialize_bytes(&[u8])
        serialize_none()
        serialize_unit()
        serialize_unit_struct(&'static str)
        serialize_unit_variant(&'static str, u32, &'static str)
    }

    fn collect_str<T: ?Sized + Display>(self, _: &T) -> Searched {
        Ok(())
    }

    fn serialize_some<T: ?Sized + Serialize>(self, value: &T) -> Searched {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: ?Sized + Serialize>(
        self,
        _: &'static str,
        value: &T,
    ) -> Searched {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: ?Sized + Serialize>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Searched {
        value.serialize(self).map_err(|stop| stop.in_field(variant))
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Items, Stop> {
        Ok(Items::default())
    }

    fn serialize_tuple(self, _: usize) -> Result<Items, Stop> {
        Ok(Items::default())
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Items, Stop> {
        Ok(Items::default())
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Items, Stop> {
        let variant = Some(variant);
        Ok(Items { variant, next: 0 })
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Fields, Stop> {
        Ok(Fields::default())
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Fields, Stop> {
        Ok(Fields::default())
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Fields, Stop> {
        let variant = Some(variant);
        Ok(Fields { variant, key: None })
    }
}

fn in_variant(stop: Stop, variant: Option<&str>) -> Stop {
    match variant {
        Some(variant) => stop.in_field(variant),
        None => stop,
    }
}

/// The items of a list.
#[derive(Default)]
struct Items {
    /// The variant whose fields they are.
    variant: Option<&'static str>,
    next: usize,
}

macro_rules! items {
    ($($Trait:ident $item:ident)*) => {$(
        impl $Trait for Items {
            type Ok = ();
            type Error = Stop;

            fn $item<T: ?Sized + Serialize>(&mut self, value: &T) -> Searched {
                let index = self.next;
                self.next += 1;
                let searched = value.serialize(Finder);
                searched.map_err(|stop| in_variant(stop.in_item(index), self.variant))
            }

            fn end(self) -> Searched {
                Ok(())
            }
        }
    )*};
}

items! {
    SerializeSeq serialize_element
    SerializeTuple serialize_element
    SerializeTupleStruct serialize_field
    SerializeTupleVariant serialize_field
}

/// The fields of a struct, or the entries of a map.
#[derive(Default)]
struct Fields {
    /// The variant whose fields they are.
    variant: Option<&'static str>,
    /// The key of a map that was written last, if that was without its value.
    key: Option<String>,
}

macro_rules! fields {
    ($($Trait:ident)*) => {$(
        impl $Trait for Fields {
            type Ok = ();
            type Error = Stop;

            fn serialize_field<T: ?Sized + Serialize>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Searched {
                let searched = value.serialize(Finder);
                searched.map_err(|stop| in_variant(stop.in_field(name), self.variant))
            }

            fn end(self) -> Searched {
                Ok(())
            }
        }
    )*};
}

fields!(SerializeStruct SerializeStructVariant);

impl SerializeMap for Fields {
    type Ok = ();
    type Error = Stop;

    fn serialize_key<T: ?Sized + Serialize>(&mut self, key: &T) -> Searched {
        self.key = Some(text_of(key));
        Ok(())
    }

    fn serialize_value<T: ?Sized + Serialize>(&mut self, value: &T) -> Searched {
        let key = self.key.take().unwrap_or_default();
        let searched = value.serialize(Finder);
        searched.map_err(|stop| stop.in_field(&key))
    }

    fn serialize_entry<K, V>(&mut self, key: &K, value: &V) -> Searched
    where
        K: ?Sized + Serialize,
        V: ?Sized + Serialize,
    {
        let searched = value.serialize(Finder);
        searched.map_err(|stop| stop.in_field(&text_of(key)))
    }

    fn end(self) -> Searched {
        Ok(())
    }
}

/// A key as it is in the text, but without quotes.
fn text_of(key: &(impl ?Sized + Serialize)) -> String {
    let text = serde_json::to_string(key).unwrap_or_default();
    text.trim_matches('"').to_owned()
}

#[cfg(test)]
mod tests;
