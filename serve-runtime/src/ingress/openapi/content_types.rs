//! The content types of a body besides JSON, as far as the type of an input determines them.

use serde_json::{Value, json};
use serve_topology::Param;

use super::name_of;

const NPY: &str = "application/x-npy";

/// The content types that an input is read from besides JSON, each with its schema: text has the type's own
/// schema, bytes have none in OpenAPI 3.1.
pub(super) fn beside_json(ty: &str) -> Vec<(&'static str, Value)> {
    let (name, arguments) = name_of(ty);
    let content_types: &[&str] = match (name, &arguments[..]) {
        ("Option" | "Shared" | "Box" | "Arc", [inner]) => return beside_json(inner),
        ("String" | "char" | "bool" | "Url" | "Uuid", []) => return vec![text(ty)],
        ("u8" | "u16" | "u32" | "u64" | "u128" | "usize", []) => return vec![text(ty)],
        ("i8" | "i16" | "i32" | "i64" | "i128" | "isize", []) => return vec![text(ty)],
        ("f32" | "f64", []) => return vec![text(ty)],
        ("Bytes" | "ByteBuf", []) | ("Vec", ["u8"]) => &["application/octet-stream"],
        ("NdArray", ["u8", ..]) if cfg!(feature = "image") => {
            &[NPY, "image/jpeg", "image/png", "image/webp"]
        }
        ("NdArray", _) => &[NPY],
        _ => &[],
    };
    let bytes = content_types.iter();
    bytes
        .map(|content_type| (*content_type, json!({})))
        .collect()
}

fn text(ty: &str) -> (&'static str, Value) {
    ("text/plain", super::input(ty))
}

/// A body's content types, and a form with a part for each input.
#[cfg(feature = "multipart")]
pub(super) fn with_form(mut content: Value, params: &[Param<'_>]) -> Value {
    let is_bytes = |ty: &str| {
        let first = beside_json(ty).into_iter().next();
        first.is_some_and(|(_, schema)| schema == json!({}))
    };
    let schema = super::fields(params, |param| match is_bytes(param.ty) {
        true => json!({}),
        false => super::input(param.ty),
    });
    let encoding: serde_json::Map<String, Value> = params
        .iter()
        .map(|param| {
            let beside = beside_json(param.ty).into_iter();
            let content_types = beside.map(|(content_type, _)| content_type);
            let content_types: Vec<&str> = content_types.chain(["application/json"]).collect();
            let encoding = json!({ "contentType": content_types.join(", ") });
            (param.name.to_owned(), encoding)
        })
        .collect();
    content["multipart/form-data"] = json!({ "schema": schema, "encoding": encoding });
    content
}

#[cfg(not(feature = "multipart"))]
pub(super) fn with_form(content: Value, _: &[Param<'_>]) -> Value {
    content
}

/// Numpy's name of one of Rust's number types.
pub(super) fn dtype(number: &str) -> String {
    match number.trim() {
        "bool" => "bool".to_owned(),
        number => match number.split_at_checked(1) {
            Some(("u", bits)) => format!("uint{bits}"),
            Some(("i", bits)) => format!("int{bits}"),
            Some(("f", bits)) => format!("float{bits}"),
            _ => number.to_owned(),
        },
    }
}
