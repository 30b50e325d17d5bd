//! Bodies: JSON, an array, several arrays, an image, a format of the user's own. Shape and dtype
//! are kept, or the request is refused.

use serde_json::{Value, json};
use serve_runtime::prelude::*;

use crate::support::http::{Answer, Request, serve};

mod arrays;
mod formats;
mod images;

/// A file as `numpy.save` writes it.
fn npy(descr: &str, shape: &str, values: &[u8]) -> Vec<u8> {
    let header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}\n");
    let length = u16::try_from(header.len()).unwrap().to_le_bytes();
    let start: &[u8] = b"\x93NUMPY\x01\x00";
    [start, &length, header.as_bytes(), values].concat()
}

fn floats(values: &[f32]) -> Vec<u8> {
    values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect()
}

/// A refusal's status, field and message.
fn refused(answer: &Answer) -> (u16, String, String) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let body = answer.json();
    (answer.status, text(&body["field"]), text(&body["error"]))
}

#[derive(serde::Deserialize, Clone)]
struct Order {
    product: String,
    amount: u32,
}

#[deployment]
async fn total(order: Order, price: f32) -> String {
    format!("{} {}", order.product, order.amount as f32 * price)
}

#[graph]
fn ordering() -> String {
    input(|order: Order, price: f32| total(order, price))
}

#[tokio::test]
async fn json_becomes_typed_values() {
    let app = deploy(ordering()).await.unwrap();
    let order = Order {
        product: "pears".into(),
        amount: 3,
    };
    assert_eq!(app.call(order, 0.5).await.unwrap(), "pears 1.5");
    let server = serve(ordering()).await;
    let order = json!({ "product": "pears", "amount": 3 });
    let answer = server.post(json!({ "order": order, "price": 0.5 })).await;
    assert_eq!(answer.ok(), "pears 1.5");
    // The same as a form, whose parts have content types of their own.
    let order = order.to_string().into_bytes();
    let form = [
        ("order", "application/json", order),
        ("price", "text/plain", b"0.5".to_vec()),
    ];
    let answer = Request::post("/").form(form).send(server.address).await;
    assert_eq!(answer.ok(), "pears 1.5");
}
