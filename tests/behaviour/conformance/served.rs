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
    assert_eq!(UnroutedGraph::TOPOLOGY.entries[0].route, "/");
    let server = serve(ordering()).await;
    let order = json!({ "product": "pears", "amount": 2 });
    assert_eq!(server.post(order.clone()).await.status, 404);
    assert_eq!(serve(unrouted()).await.post(order).await.ok(), "2 pears");
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
    let written = TuningGraph::TOPOLOGY.render("json".parse().unwrap());
    let read: serde_json::Value = serde_json::from_str(&written).unwrap();
    let options = |index: usize| read["deployments"][index]["options"].clone();
    for (index, replicas, cpus) in [(0, 2, json!(null)), (1, 4, json!(0.5))] {
        assert_eq!(options(index)["num_replicas"], replicas);
        assert_eq!(options(index)["max_ongoing_requests"], 7);
        assert_eq!(options(index)["max_queued_requests"], 3);
        assert_eq!(options(index)["num_cpus"], cpus);
    }
}
