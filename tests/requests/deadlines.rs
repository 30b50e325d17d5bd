//! A request ends at its deadline, wherever it is.

use serve_runtime::ErrorKind;
use serve_runtime::prelude::*;
use tokio::time::{Instant, sleep};

use crate::clock::{begin, hold, ms, pass};
use crate::support::Count;

/// Takes a given time, and records whether it was started and whether it was dropped.
#[deployment]
struct Slow {
    started: Count,
    dropped: Count,
}

#[deployment]
impl Slow {
    fn new(started: Count, dropped: Count) -> Self {
        Slow { started, dropped }
    }

    async fn run(&self, takes_ms: u64) -> u64 {
        self.started.add();
        let _dropped = self.dropped.on_drop();
        sleep(ms(takes_ms)).await;
        takes_ms
    }
}

#[graph(request_timeout_s = 0.1)]
fn timed(started: Count, dropped: Count) -> u64 {
    let first = Slow::bind(started.clone(), dropped.clone());
    let second = Slow::bind(started, dropped);
    input(|takes_ms: u64| second.run(first.run(takes_ms)))
}

#[tokio::test(start_paused = true)]
async fn a_request_ends_at_its_deadline_and_names_the_node_that_it_waited_at() {
    let (started, dropped) = (Count::new(), Count::new());
    let app = deploy(timed(started.clone(), dropped.clone()))
        .await
        .unwrap();
    let began = Instant::now();
    assert_eq!(app.call(49).await.unwrap(), 49);
    let error = app.call(60).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::DeadlineExceeded);
    assert_eq!(
        error.to_string(),
        "node `second.run`: the deadline has passed"
    );
    assert_eq!(began.elapsed(), ms(98 + 100));
    assert_eq!((started.get(), dropped.get()), (4, 4), "dropped at the end");
    let error = app.call(200).await.unwrap_err();
    assert_eq!(error.node(), Some("first.run"));
    assert_eq!(started.get(), 5, "nothing starts after the deadline");
}

#[test]
fn the_timeout_is_in_the_topology() {
    assert_eq!(TimedGraph::TOPOLOGY.limits.request_timeout, Some(ms(100)));
    assert_eq!(TightGraph::TOPOLOGY.limits.request_timeout, Some(ms(20)));
}

const TIGHT: f64 = 0.02;

/// A graph with a shorter timeout than the graph that binds it, or a longer one.
#[graph(request_timeout_s = TIGHT)]
fn tight(started: Count) -> u64 {
    let slow = Slow::bind(started.clone(), started);
    input(|takes_ms: u64| slow.run(takes_ms))
}

#[graph(request_timeout_s = 50)]
fn loose(started: Count) -> u64 {
    let slow = Slow::bind(started.clone(), started);
    input(|takes_ms: u64| slow.run(takes_ms))
}

#[graph(request_timeout_s = 1.0)]
fn nested(started: Count) -> (u64, u64) {
    let tight = tight::bind(started.clone());
    let loose = loose::bind(started);
    input(|takes_ms: (u64, u64)| (tight.call(takes_ms.0), loose.call(takes_ms.1)))
}

#[tokio::test(start_paused = true)]
async fn the_earlier_of_two_deadlines_applies() {
    let app = deploy(nested(Count::new())).await.unwrap();
    for (takes_ms, ends_ms, node) in [
        ((30, 10), 20, "tight.call/slow.run"),
        ((10, 2_000), 1_000, "loose.call/slow.run"),
    ] {
        let began = Instant::now();
        let error = app.call(takes_ms).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::DeadlineExceeded);
        assert_eq!(error.node(), Some(node));
        assert_eq!(began.elapsed(), ms(ends_ms));
    }
    assert_eq!(app.call((19, 900)).await.unwrap(), (19, 900));
}

/// Items in parallel, some of which end long before the deadline.
#[graph(request_timeout_s = 0.1)]
fn items(started: Count) -> Vec<u64> {
    let before = Slow::bind(started.clone(), started.clone());
    let slow = Slow::bind(started.clone(), started);
    input(|first: u64, items: Vec<u64>| {
        let first = before.run(first);
        let items = later(items, first);
        items.map(|item| slow.run(item))
    })
}

#[deployment]
async fn later(items: Vec<u64>, _first: u64) -> Vec<u64> {
    items
}

#[tokio::test(start_paused = true)]
async fn the_error_names_the_item_of_many() {
    let app = deploy(items(Count::new())).await.unwrap();
    let error = app.call(1, vec![1, 5, 500, 2]).await.unwrap_err();
    assert_eq!(error.node(), Some("slow.run"));
    assert_eq!(app.call(1, vec![1, 5, 50, 2]).await.unwrap(), [1, 5, 50, 2]);
}

/// The remaining time, as every kind of node sees it.
#[deployment]
async fn left_in_place() -> u64 {
    left()
}

#[deployment]
fn left_on_a_thread(_after: u64) -> u64 {
    left()
}

fn left() -> u64 {
    let request = Request::current();
    let remaining = request.remaining().unwrap();
    assert_eq!(Instant::now() + remaining, request.deadline().unwrap());
    remaining.as_millis().try_into().unwrap()
}

#[graph(request_timeout_s = 0.25)]
fn lefts(started: Count) -> (u64, u64) {
    let slow = Slow::bind(started.clone(), started);
    input(|takes_ms: u64| {
        let before = left_in_place();
        (before, left_on_a_thread(slow.run(takes_ms)))
    })
}

#[tokio::test(start_paused = true)]
async fn a_node_sees_how_much_time_is_left() {
    let app = deploy(lefts(Count::new())).await.unwrap();
    let app = std::sync::Arc::new(app);
    let _held = hold();
    let call = begin({
        let app = std::sync::Arc::clone(&app);
        async move { app.call(100).await }
    })
    .await;
    pass(100).await;
    assert_eq!(call.await.unwrap().unwrap(), (250, 150));
    assert_eq!(Request::current().deadline(), None);
    assert_eq!(Request::current().remaining(), None);
}
