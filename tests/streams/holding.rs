//! The permit, thread and request that a stream holds until it has ended or is dropped.

use futures_util::{FutureExt, StreamExt};
use serve_runtime::prelude::*;

use crate::producers::{Counting, Machine, Seen};
use crate::support::{at_once, within};

#[graph]
fn counted(seen: Seen) -> Streaming<u32> {
    let counting = Counting::bind(seen).max_ongoing_requests(1);

    input(|to: u32| counting.count(to))
}

#[tokio::test]
async fn a_permit_is_held_until_the_last_item() {
    let seen = Seen::new();
    let counting = Counting::bind(seen.clone()).max_ongoing_requests(1);
    let counting = deploy(counting).await.unwrap();
    let mut first = within(counting.count(2)).await.unwrap();
    let mut second = counting.count(1).boxed();
    assert!(at_once(&mut second).await.is_none());
    within(first.next()).await.unwrap().unwrap();
    within(first.next()).await.unwrap().unwrap();
    assert!(at_once(&mut second).await.is_none());
    assert!(within(first.next()).await.is_none());
    let mut second = within(second).await.unwrap();
    assert_eq!(within(second.next()).await.unwrap().unwrap(), 0);
}

#[tokio::test]
async fn a_dropped_stream_releases_its_permit_and_makes_no_further_items() {
    let seen = Seen::new();
    let counting = Counting::bind(seen.clone()).max_ongoing_requests(1);
    let counting = deploy(counting).await.unwrap();
    let mut first = within(counting.count(9)).await.unwrap();
    within(first.next()).await.unwrap().unwrap();
    let mut second = counting.count(1).boxed();
    assert!(at_once(&mut second).await.is_none());
    drop(first);
    assert_eq!((seen.made.get(), seen.dropped.get()), (1, 1));
    let _second = within(second).await.unwrap();
}

#[tokio::test]
async fn a_thread_is_held_until_its_stream_is_dropped() {
    let seen = Seen::new();
    let machine = deploy(Machine::bind(seen.clone())).await.unwrap();
    let mut first = within(machine.count(1000)).await.unwrap();
    within(first.next()).await.unwrap().unwrap();
    let mut second = machine.count(1).boxed();
    assert!(at_once(&mut second).await.is_none());
    drop(first);
    let second = within(second).await.unwrap();
    assert!(seen.dropped.get() >= 1);
    assert_eq!(within(second.collect()).await.unwrap(), [0]);
}

#[tokio::test]
async fn retiring_a_replica_waits_for_its_stream() {
    let seen = Seen::new();
    let app = deploy(counted(seen.clone())).await.unwrap();
    let mut numbers = within(app.call(2)).await.unwrap();
    let control = Deployed::control(&app)
        .deployment::<Counting>("counting")
        .unwrap();
    let mut scaled = control.scale(0).boxed();
    assert!(at_once(&mut scaled).await.is_none());
    for _ in 0..2 {
        tokio::task::yield_now().await;
        within(numbers.next()).await.unwrap().unwrap();
        assert!(at_once(&mut scaled).await.is_none());
    }
    assert!(within(numbers.next()).await.is_none());
    within(scaled).await.unwrap();
}

#[tokio::test]
async fn a_shutdown_waits_for_the_stream_that_a_graph_answers_with() {
    let app = deploy(counted(Seen::new())).await.unwrap();
    let handle = Deployed::handle(&app).clone();
    let mut numbers = within(app.call(2)).await.unwrap();
    let mut shutdown = Deployed::shutdown(app).boxed();
    assert!(at_once(&mut shutdown).await.is_none());
    assert_eq!(
        handle.call(1).await.unwrap_err().kind(),
        ErrorKind::Unavailable
    );
    within(numbers.next()).await.unwrap().unwrap();
    assert!(at_once(&mut shutdown).await.is_none());
    drop(numbers);
    within(shutdown).await;
}

/// Makes each item with the help of another deployment.
#[deployment]
struct Helped {
    doubling: Handle<Doubling>,
}

#[deployment]
impl Helped {
    fn new(doubling: Handle<Doubling>) -> Self {
        Helped { doubling }
    }

    async fn count(&self) -> impl Stream<Item = Result<u32>> {
        futures_util::stream::iter(0..3).then(|n| self.doubling.double(n))
    }
}

#[deployment]
struct Doubling;

#[deployment]
impl Doubling {
    fn new() -> Self {
        Doubling
    }

    fn double(&self, n: u32) -> u32 {
        2 * n
    }
}

#[graph]
fn with_help() -> Streaming<u32> {
    let doubling = Doubling::bind();
    let helped = Helped::bind(doubling);

    input(|| helped.count())
}

#[tokio::test]
async fn during_a_shutdown_a_stream_can_still_call_other_deployments() {
    let app = deploy(with_help()).await.unwrap();
    let numbers = within(app.call()).await.unwrap();
    let mut shutdown = Deployed::shutdown(app).boxed();
    for _ in 0..3 {
        assert!(at_once(&mut shutdown).await.is_none());
        tokio::task::yield_now().await;
    }
    assert_eq!(within(numbers.collect()).await.unwrap(), [0, 2, 4]);
    within(shutdown).await;
}

#[tokio::test]
async fn a_request_is_in_flight_until_its_stream_has_ended() {
    let seen = Seen::new();
    let app = deploy(narrow(seen)).await.unwrap();
    let first = within(app.call(2)).await.unwrap();
    assert_eq!(app.call(1).await.unwrap_err().kind(), ErrorKind::Overloaded);
    assert_eq!(within(first.collect()).await.unwrap(), [0, 1]);
    assert_eq!(
        within(within(app.call(1)).await.unwrap().collect())
            .await
            .unwrap(),
        [0]
    );
}

#[graph]
fn narrow(seen: Seen) -> Streaming<u32> {
    let counting = Counting::bind(seen)
        .max_ongoing_requests(1)
        .max_queued_requests(0);

    input(|to: u32| counting.count(to))
}
