//! What cannot be held is said of its field, wherever that is and whatever it is read from.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use serve_topology::Param;

use super::content::ContentType;
use super::*;

#[derive(Deserialize, Debug)]
#[allow(dead_code)]
struct Order {
    #[serde(default)]
    price: f64,
    #[serde(default)]
    weight: f32,
    #[serde(default)]
    count: u8,
    #[serde(default)]
    total: i64,
    #[serde(default)]
    parts: Vec<Order>,
    #[serde(default)]
    more: BTreeMap<String, Option<f64>>,
    #[serde(default)]
    shape: Option<Shape>,
    #[serde(default)]
    note: Value,
    #[serde(flatten)]
    flat: Flat,
}

#[derive(Deserialize, Debug)]
#[allow(dead_code)]
struct Flat {
    #[serde(default)]
    depth: f64,
}

#[derive(Deserialize, Debug)]
#[allow(dead_code)]
enum Shape {
    Circle(f64),
    Box { width: u8 },
}

const ONE: &[Param<'_>] = &[Param::new("order", "Order")];
const TWO: &[Param<'_>] = &[Param::new("order", "Order"), Param::new("id", "u8")];

/// The values that are valid JSON, and cannot be held, with their fields.
fn values() -> Vec<(String, &'static str)> {
    let deep = format!("{}{}", "[".repeat(129), "]".repeat(129));
    let digits = "9".repeat(400);
    [
        (r#"{"price": 1e999}"#, "price"),
        (r#"{"price": -1e999}"#, "price"),
        (r#"{"price": DIGITS}"#, "price"),
        (r#"{"weight": 1e39}"#, "weight"),
        (r#"{"depth": 1e999}"#, "depth"),
        (r#"{"count": 300}"#, "count"),
        (r#"{"count": -1}"#, "count"),
        (r#"{"count": 1e999}"#, "count"),
        (r#"{"count": 99999999999999999999}"#, "count"),
        (r#"{"total": 9223372036854775808}"#, "total"),
        (r#"{"total": DIGITS}"#, "total"),
        (r#"{"parts": [{}, {"price": 1e999}]}"#, "parts[1].price"),
        (r#"{"parts": [{}, {"count": 256}]}"#, "parts[1].count"),
        (
            r#"{"parts": [{"parts": [{"depth": 1e999}]}]}"#,
            "parts[0].parts[0].depth",
        ),
        (r#"{"more": {"tax": 1e999}}"#, "more.tax"),
        (r#"{"shape": {"Circle": 1e999}}"#, "shape.Circle"),
        (r#"{"shape": {"Box": {"width": 256}}}"#, "shape.Box.width"),
        (r#"{"note": {"a": [1, 1e999]}}"#, "note.a[1]"),
        (r#"{"note": DEEP}"#, "note"),
        (r#"{"parts": [{"note": DEEP}]}"#, "parts[0].note"),
    ]
    .into_iter()
    .map(|(value, field)| {
        (
            value.replace("DIGITS", &digits).replace("DEEP", &deep),
            field,
        )
    })
    .collect()
}

#[track_caller]
fn assert_field<T: std::fmt::Debug>(read: Result<T, BadBody>, field: &str, body: &str) {
    let bad = read.unwrap_err();
    assert_eq!(bad.fault(), Fault::Content, "{body}: {bad}");
    // How deep the reader has come is in the path.
    let found = bad.field().trim_end_matches("[0]");
    assert_eq!(found, field.trim_end_matches("[0]"), "{body}: {bad}");
}

#[test]
fn a_value_that_cannot_be_held_has_its_field_in_json() {
    for (value, field) in values() {
        let read = <(Order,)>::decode(ONE, &Content::json(value.clone()));
        assert_field(read, field, &value);
        let body = format!(r#"{{"id": 1, "order": {value}}}"#);
        let read = <(Order, u8)>::decode(TWO, &Content::json(body.clone()));
        assert_field(read, &format!("order.{field}"), &body);
        let body = format!("[{value}]");
        let read = <(Vec<Order>,)>::decode(ONE, &Content::json(body.clone()));
        assert_field(read, &format!("[0].{field}"), &body);
    }
}

#[cfg(feature = "multipart")]
fn form(parts: &[(&str, &str, &str)]) -> Content {
    let mut body = String::new();
    for (name, content_type, text) in parts {
        body += &format!(
            "--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\
             Content-Type: {content_type}\r\n\r\n{text}\r\n"
        );
    }
    Content {
        content_type: ContentType::read("multipart/form-data; boundary=b"),
        bytes: (body + "--b--\r\n").into(),
    }
}

#[cfg(feature = "multipart")]
#[test]
fn a_value_that_cannot_be_held_has_its_field_in_a_form() {
    #[derive(Deserialize, Debug)]
    #[allow(dead_code)]
    struct Asked {
        order: Order,
    }

    for (value, field) in values() {
        let order = ("order", "application/json", &*value);
        let read = <(Order, u8)>::decode(TWO, &form(&[order, ("id", "text/plain", "1")]));
        assert_field(read, &format!("order.{field}"), &value);
        let read = <(Order,)>::decode(ONE, &form(&[order]));
        assert_field(read, &format!("order.{field}"), &value);
        // As a field of the only input.
        let asked = [Param::new("asked", "Asked")];
        let read = <(Asked,)>::decode(&asked, &form(&[order]));
        assert_field(read, &format!("order.{field}"), &value);
    }
}

#[test]
fn a_number_out_of_range_is_refused_in_a_text() {
    let text = |text: &'static str| Content {
        content_type: ContentType::read("text/plain"),
        bytes: text.into(),
    };
    for number in ["1e999", " -1e999\n", "1e400"] {
        let read = <(f64,)>::decode(ONE, &text(number));
        assert_eq!(
            read,
            Err(BadBody::new(format!("`{}` is out of range", number.trim())))
        );
    }
    <(f32,)>::decode(ONE, &text("1e39")).unwrap_err();
    <(u8,)>::decode(ONE, &text("256")).unwrap_err();
    // What is written as an infinity is one.
    assert_eq!(
        <(f64,)>::decode(ONE, &text("-inf")),
        Ok((f64::NEG_INFINITY,))
    );
    assert_eq!(<(f32,)>::decode(ONE, &text("3e38")), Ok((3e38,)));
}

#[cfg(feature = "multipart")]
#[test]
fn a_number_out_of_range_in_a_text_of_a_form_has_its_field() {
    for (name, number) in [("price", "1e999"), ("weight", "1e39"), ("count", "256")] {
        #[derive(Deserialize, Debug)]
        #[allow(dead_code)]
        struct Numbers {
            price: Option<f64>,
            weight: Option<f32>,
            count: Option<u8>,
        }
        let read = <(Numbers,)>::decode(ONE, &form(&[(name, "text/plain", number)]));
        assert_field(read, name, number);
    }
}

#[test]
fn a_float_is_read_as_the_one_that_was_written() {
    for bits in (0..1000_u64).map(|step| 0x3fb9_9999_9999_999a + step * 0x1_2345_6789) {
        let float = f64::from_bits(bits);
        let written = Content::json(serde_json::to_string(&float).unwrap());
        assert_eq!(<(f64,)>::decode(ONE, &written), Ok((float,)));
    }
}
