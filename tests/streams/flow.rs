//! Items, from the producer to the reader.

use serve_runtime::prelude::*;

use crate::producers::{Counting, Forwarder, Machine, Orders, Seen, double, orders};
use crate::support::within;

#[graph]
fn doubled(orders: Orders) -> Streaming<u32> {
    let forwarder = Forwarder::bind(orders);

    input(|from: u32| double(forwarder.forward(from)))
}

#[graph]
fn counted(seen: Seen) -> Streaming<u32> {
    let machine = Machine::bind(seen);

    input(|to: u32| double(machine.count(to)))
}

#[tokio::test]
async fn the_first_item_arrives_before_the_last_is_made() {
    let (sender, orders) = orders();
    let app = deploy(doubled(orders)).await.unwrap();
    let mut numbers = within(app.call(10)).await.unwrap();
    for n in [1, 2, 3] {
        sender.send(n).unwrap();
        assert_eq!(within(numbers.next()).await.unwrap().unwrap(), 20 + 2 * n);
    }
    drop(sender);
    assert!(within(numbers.next()).await.is_none());
    assert!(within(numbers.next()).await.is_none());
}

#[tokio::test]
async fn items_come_in_order_from_a_thread() {
    let app = deploy(counted(Seen::new())).await.unwrap();
    let numbers = within(app.call(12)).await.unwrap();
    let wanted: Vec<u32> = (0..12).map(|n| 2 * n).collect();
    assert_eq!(within(numbers.collect()).await.unwrap(), wanted);
}

#[tokio::test]
async fn in_place_an_item_is_made_when_it_is_polled() {
    let seen = Seen::new();
    let counting = deploy(Counting::bind(seen.clone())).await.unwrap();
    let mut numbers = within(counting.count(10)).await.unwrap();
    for n in 0..10 {
        assert_eq!(seen.made.get(), n);
        within(numbers.next()).await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_thread_makes_a_limited_number_of_items_ahead() {
    let seen = Seen::new();
    let machine = deploy(Machine::bind(seen.clone())).await.unwrap();
    let mut numbers = within(machine.count(60)).await.unwrap();
    seen.made.reaches(5).await; // four that wait, and one that has no room
    assert_eq!(within(numbers.next()).await.unwrap().unwrap(), 0);
    seen.made.reaches(6).await;
    assert_eq!(seen.made.get(), 6);
    drop(numbers);
    seen.dropped.reaches(1).await;
    assert_eq!(seen.made.get(), 6);
}

#[tokio::test]
async fn an_error_is_the_last_item() {
    let seen = Seen::new();
    let counting = deploy(Counting::bind(seen.clone())).await.unwrap();
    let machine = deploy(Machine::bind(Seen::new())).await.unwrap();
    let streams = [
        within(counting.count(60)).await.unwrap(),
        within(machine.count(60)).await.unwrap(),
    ];
    for (mut numbers, node) in streams.into_iter().zip(["Counting.count", "Machine.count"]) {
        for n in 0..13 {
            assert_eq!(within(numbers.next()).await.unwrap().unwrap(), n);
        }
        let error = within(numbers.next()).await.unwrap().unwrap_err();
        assert_eq!(error.to_string(), format!("node `{node}`: bad luck"));
        assert!(within(numbers.next()).await.is_none());
    }
    assert_eq!(seen.made.get(), 14);
    let error = within(counting.count(0)).await.unwrap_err();
    assert_eq!(error.message(), "nothing to count");
}

#[deployment]
async fn asked() -> impl Stream<Item = Option<String>> {
    futures_util::stream::repeat_with(|| Request::current().id().map(str::to_owned))
}

#[deployment]
fn computed() -> impl Iterator<Item = Option<String>> {
    std::iter::repeat_with(|| Request::current().id().map(str::to_owned))
}

#[tokio::test]
async fn a_producer_knows_its_request() {
    let (asked, computed) = (
        deploy(asked::bind()).await.unwrap(),
        deploy(computed::bind()).await.unwrap(),
    );
    let streams = async { [asked.call().await.unwrap(), computed.call().await.unwrap()] };
    for mut stream in serve_runtime::Request::new("r1").scope(streams).await {
        for _ in 0..9 {
            let id = within(stream.next()).await.unwrap().unwrap();
            assert_eq!(id.as_deref(), Some("r1"));
        }
    }
}

#[test]
fn the_topology_shows_streams() {
    let nodes = DoubledGraph::TOPOLOGY.nodes;
    assert_eq!(nodes[0].method.output, "Streaming<u32>");
    assert_eq!(
        CountedGraph::TOPOLOGY.nodes[0].method.output,
        "Streaming<u32>"
    );
    assert_eq!(DoubledGraph::TOPOLOGY.entries[0].output, "Streaming<u32>");
}
