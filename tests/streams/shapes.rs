//! Streams in every shape of the language: bound graphs, choices, fan-outs, edges and handles.

use serve_runtime::prelude::*;

use crate::producers::{Counting, Machine, Seen, double};
use crate::support::within;

/// Counts in place, or on a thread.
#[graph]
fn counter(seen: Seen) -> Streaming<u32> {
    let counting = Counting::bind(seen.clone());
    let machine = Machine::bind(seen);

    route("/here", |to: u32| double(counting.count(to)));
    route("/there", |to: u32| double(machine.count(to)));
}

#[graph]
fn plain(seen: Seen) -> Streaming<u32> {
    let inner = Counting::bind(seen);

    input(|to: u32| inner.count(to))
}

#[graph]
fn outer(seen: Seen) -> Streaming<u32> {
    let counter = counter::bind(seen.clone());
    let held = plain::bind(seen);
    let holder = Holder::bind(held);

    route("/here", |to: u32| double(counter.here(to)));
    route("/there", |to: u32| counter.there(to));
    route("/held", |to: u32| holder.count(to));
}

#[graph]
fn outermost(seen: Seen) -> Streaming<u32> {
    let outer = outer::bind(seen);

    input(|to: u32| outer.here(to))
}

/// Holds a graph that answers with a stream.
#[deployment]
struct Holder {
    counter: Handle<plain>,
}

#[deployment]
impl Holder {
    fn new(counter: Handle<plain>) -> Self {
        Holder { counter }
    }

    async fn count(&self, to: u32) -> Result<Streaming<u32>> {
        self.counter.call(to).await
    }
}

async fn ends_at(numbers: Streaming<u32>, node: &str) {
    let mut numbers = numbers;
    let error = loop {
        match within(numbers.next()).await.unwrap() {
            Ok(_) => {}
            Err(error) => break error,
        }
    };
    assert_eq!(error.node(), Some(node));
    assert_eq!(error.message(), "bad luck");
    assert!(within(numbers.next()).await.is_none());
}

#[tokio::test]
async fn a_bound_graph_answers_with_a_stream() {
    let app = deploy(outermost(Seen::new())).await.unwrap();
    let numbers = within(app.call(3)).await.unwrap();
    assert_eq!(within(numbers.collect()).await.unwrap(), [0, 4, 8]);
}

/// As for calls.
#[tokio::test]
async fn an_error_in_a_bound_graph_names_the_path_to_its_node() {
    let app = deploy(outer(Seen::new())).await.unwrap();
    ends_at(app.here(60).await.unwrap(), "counter.here/counting.count").await;
    ends_at(app.there(60).await.unwrap(), "counter.there/machine.count").await;
    let app = deploy(outermost(Seen::new())).await.unwrap();
    let node = "outer.here/counter.here/counting.count";
    ends_at(app.call(60).await.unwrap(), node).await;
    // An error instead of the stream names the call.
    let error = app.call(0).await.unwrap_err();
    assert_eq!(error.node(), Some(node));
}

/// Through a handle, the graph that makes the stream names it: the caller may have passed the stream on.
#[tokio::test]
async fn an_error_of_a_graph_behind_a_handle_names_that_graph() {
    let app = deploy(outer(Seen::new())).await.unwrap();
    ends_at(app.held(60).await.unwrap(), "held.call/inner.count").await;
    let error = app.held(0).await.unwrap_err();
    assert_eq!(error.node(), Some("holder.count/inner.count"));
}

pub enum Source {
    Here(u32),
    There { to: u32 },
    Nowhere,
}

#[deployment]
async fn nothing() -> Streaming<u32> {
    Streaming::new(futures_util::stream::empty())
}

#[deployment]
async fn all(numbers: Streaming<u32>) -> Result<Vec<u32>> {
    numbers.collect().await
}

#[graph]
fn chosen(here: Seen, there: Seen) -> Streaming<u32> {
    let counting = Counting::bind(here);
    let machine = Machine::bind(there);

    input(|source: Source, doubled: bool| {
        let numbers = match source {
            Source::Here(to) => counting.count(to),
            Source::There { to } => machine.count(to),
            Source::Nowhere => nothing(),
        };
        if doubled { double(numbers) } else { numbers }
    })
}

#[tokio::test]
async fn a_choice_returns_the_stream_of_its_arm() {
    let (here, there) = (Seen::new(), Seen::new());
    let app = deploy(chosen(here.clone(), there.clone())).await.unwrap();
    for (source, doubled, wanted) in [
        (Source::Here(3), false, vec![0, 1, 2]),
        (Source::There { to: 3 }, true, vec![0, 2, 4]),
        (Source::Nowhere, true, vec![]),
    ] {
        let numbers = within(app.call(source, doubled)).await.unwrap();
        assert_eq!(within(numbers.collect()).await.unwrap(), wanted);
    }
    // Only the chosen arm has made items.
    assert_eq!((here.made.get(), there.made.get()), (3, 3));
    let numbers = app.call(Source::Here(60), true).await.unwrap();
    ends_at(numbers, "counting.count").await;
}

#[graph]
fn each(seen: Seen) -> Vec<Vec<u32>> {
    let counting = Counting::bind(seen.clone()).max_ongoing_requests(1);
    let machine = Machine::bind(seen);

    route("/here", |tos: Vec<u32>| {
        tos.map(|to| all(double(counting.count(to))))
    });
    route("/there", |tos: Vec<u32>| {
        tos.map(|to| all(machine.count(to)))
    });
}

#[tokio::test]
async fn a_fan_out_reads_a_stream_for_each_item() {
    let seen = Seen::new();
    let app = deploy(each(seen.clone())).await.unwrap();
    let tos = vec![2, 1, 3];
    let here = within(app.here(tos.clone())).await.unwrap();
    assert_eq!(here, [vec![0, 2], vec![0], vec![0, 2, 4]]);
    let there = within(app.there(tos)).await.unwrap();
    assert_eq!(there, [vec![0, 1], vec![0], vec![0, 1, 2]]);
    let error = within(app.here(vec![1, 60])).await.unwrap_err();
    assert_eq!(error.node(), Some("all/counting.count"));
    assert_eq!(error.message(), "bad luck");
}

#[graph]
fn streams(seen: Seen) -> Vec<Streaming<u32>> {
    let machine = Machine::bind(seen).num_replicas(2);

    input(|tos: Vec<u32>| tos.map(|to| machine.count(to)))
}

/// As many at a time as there are threads, as each is held until its stream has been read.
#[tokio::test]
async fn a_fan_out_returns_streams() {
    let app = deploy(streams(Seen::new())).await.unwrap();
    let made = within(app.call(vec![2, 3])).await.unwrap();
    let mut read = Vec::new();
    for numbers in made {
        read.push(within(numbers.collect()).await.unwrap());
    }
    assert_eq!(read, [vec![0, 1], vec![0, 1, 2]]);
}

#[graph]
fn in_parts(seen: Seen) -> (Streaming<u32>, u32) {
    let machine = Machine::bind(seen);

    input(|to: u32| (double(machine.count(to)), to))
}

/// The request counts as answered; the stream holds its replica.
#[tokio::test]
async fn a_stream_may_be_a_part_of_the_answer() {
    let app = deploy(in_parts(Seen::new())).await.unwrap();
    let (numbers, to) = within(app.call(2)).await.unwrap();
    assert_eq!(to, 2);
    assert_eq!(within(numbers.collect()).await.unwrap(), [0, 2]);
}
