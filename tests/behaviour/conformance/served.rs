//! Typed inputs and routes, which only HTTP has.

use serde_json::json;
use serve_runtime::prelude::*;

use crate::support::http::serve;

#[derive(serde::Deserialize, Clone)]
struct Order {
    product: String,
    amount: u32,
}

#[deployment]
async fn describe(order: Order) -> String {
    format!("{} {}", order.amount, order.product)
}

#[graph(route_prefix = "/orders")]
fn ordering() -> String {
    input(|order: Order| describe(order))
}

#[graph]
fn unrouted() -> String {
    input(|order: Order| describe(order))
}

#[tokio::test]
async fn a_typed_input_names_the_field_that_is_missing() {
    let server = serve(ordering()).await;
    let order = json!({ "product": "pears", "amount": 2 });
    assert_eq!(server.post_to("/orders", order).await.ok(), "2 pears");
    let refused = server
        .post_to("/orders", json!({ "product": "pears" }))
        .await;
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("amount"), "{refused:?}");
}

#[tokio::test]
async fn a_graph_is_served_at_its_own_route_or_at_the_root() {
    assert_eq!(Unrouted::TOPOLOGY.entries[0].route, "/");
    let server = serve(ordering()).await;
    let order = json!({ "product": "pears", "amount": 2 });
    assert_eq!(server.post(order.clone()).await.status, 404);
    assert_eq!(serve(unrouted()).await.post(order).await.ok(), "2 pears");
}

/// An array as numpy has it: how a client's format becomes an input is the input's own `Deserialize`.
#[derive(Debug, Clone, PartialEq, serde::Deserialize, serde::Serialize)]
#[serde(try_from = "Sent", into = "Sent")]
struct NdArray {
    values: Values,
    shape: Vec<usize>,
}

#[derive(Debug, Clone, PartialEq)]
enum Values {
    Float32(Vec<f32>),
    UInt8(Vec<u8>),
}

#[derive(Clone, serde::Deserialize, serde::Serialize)]
struct Sent {
    array: Vec<f64>,
    shape: Vec<usize>,
    dtype: String,
}

impl TryFrom<Sent> for NdArray {
    type Error = String;

    fn try_from(sent: Sent) -> Result<Self, String> {
        if sent.shape.iter().product::<usize>() != sent.array.len() {
            return Err(format!(
                "{} values do not have the shape {:?}",
                sent.array.len(),
                sent.shape
            ));
        }
        let values = match sent.dtype.as_str() {
            "float32" => Values::Float32(sent.array.iter().map(|&value| value as f32).collect()),
            "uint8" => Values::UInt8(sent.array.iter().map(|&value| value as u8).collect()),
            other => return Err(format!("unknown dtype `{other}`")),
        };
        let shape = sent.shape;
        Ok(NdArray { values, shape })
    }
}

impl From<NdArray> for Sent {
    fn from(array: NdArray) -> Self {
        let (values, dtype): (Vec<f64>, _) = match array.values {
            Values::Float32(values) => (values.into_iter().map(f64::from).collect(), "float32"),
            Values::UInt8(values) => (values.into_iter().map(f64::from).collect(), "uint8"),
        };
        Sent {
            array: values,
            shape: array.shape,
            dtype: dtype.to_owned(),
        }
    }
}

#[deployment]
async fn transposed(array: NdArray) -> NdArray {
    let shape = array.shape.into_iter().rev().collect();
    NdArray { shape, ..array }
}

#[deployment]
async fn stacked(left: NdArray, right: NdArray) -> Vec<NdArray> {
    vec![left, right]
}

#[graph]
fn arrays() -> NdArray {
    route("/one", |array: NdArray| transposed(array));
    route(
        "/several",
        |left: NdArray, right: NdArray| -> Vec<NdArray> { stacked(transposed(left), right) },
    );
}

#[tokio::test]
async fn arrays_keep_their_shape_and_dtype() {
    let server = serve(arrays()).await;
    let array = |shape: [usize; 2], dtype: &str| json!({ "array": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0], "shape": shape, "dtype": dtype });
    let floats = array([2, 3], "float32");
    let post = |path: &'static str, body| server.post_to(path, body);
    assert_eq!(
        post("/one", floats.clone()).await.ok(),
        array([3, 2], "float32")
    );
    let both = json!({ "left": floats, "right": array([6, 1], "uint8") });
    let expected = json!([array([3, 2], "float32"), array([6, 1], "uint8")]);
    assert_eq!(post("/several", both).await.ok(), expected);
    let refused = post("/one", array([2, 2], "float32")).await;
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("[2, 2]"), "{refused:?}");
}

#[deployment(num_replicas = 2, max_ongoing_requests = 7, max_queued_requests = 3)]
struct Tuned;

#[deployment]
impl Tuned {
    fn new() -> Self {
        Tuned
    }

    async fn run(&self) -> u32 {
        1
    }
}

#[graph]
fn tuning() -> u32 {
    let declared = Tuned::bind();
    let overridden = Tuned::bind().num_replicas(4).num_cpus(0.5);

    input(|| declared.run() + overridden.run())
}

#[test]
fn options_of_each_node_survive_being_written_out() {
    let written = Tuning::TOPOLOGY.render("json".parse().unwrap());
    let read: serde_json::Value = serde_json::from_str(&written).unwrap();
    let options = |index: usize| read["deployments"][index]["options"].clone();
    for (index, replicas, cpus) in [(0, 2, json!(null)), (1, 4, json!(0.5))] {
        assert_eq!(options(index)["num_replicas"], replicas);
        assert_eq!(options(index)["max_ongoing_requests"], 7);
        assert_eq!(options(index)["max_queued_requests"], 3);
        assert_eq!(options(index)["num_cpus"], cpus);
    }
}
