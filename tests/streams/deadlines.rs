//! The deadline of a request ends its stream. Only the tests move the clock.

use std::time::Duration;

use futures_util::FutureExt;
use serve_runtime::prelude::*;

use crate::producers::{Counting, Forwarder, Machine, Orders, Seen, double, orders};
use crate::support::{at_once, within};

#[graph(request_timeout_s = 2.0)]
fn doubled(orders: Orders) -> Streaming<u32> {
    let forwarder = Forwarder::bind(orders);

    input(|from: u32| double(forwarder.forward(from)))
}

#[graph(request_timeout_s = 2.0)]
fn counted(seen: Seen) -> Streaming<u32> {
    let counting = Counting::bind(seen)
        .max_ongoing_requests(1)
        .max_queued_requests(0);

    input(|to: u32| double(counting.count(to)))
}

fn in_time() -> CallOptions {
    CallOptions::new().timeout(Duration::from_secs(2))
}

#[tokio::test(start_paused = true)]
async fn a_stream_ends_at_the_deadline() {
    let (sender, orders) = orders();
    let app = deploy(doubled(orders)).await.unwrap();
    let mut numbers = app.call(0).await.unwrap();
    sender.send(1).unwrap();
    tokio::time::advance(Duration::from_secs(1)).await;
    assert_eq!(numbers.next().await.unwrap().unwrap(), 2);
    let error = within(numbers.next()).await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::DeadlineExceeded);
    assert_eq!(error.node(), Some("forwarder.forward"));
    assert!(numbers.next().await.is_none());
}

/// The permit is free although nothing reads the stream; earlier reads make no difference.
#[tokio::test(start_paused = true)]
async fn an_unread_stream_in_place_releases_its_permit_at_the_deadline() {
    for read in 0..2 {
        let seen = Seen::new();
        let counting = Counting::bind(seen.clone()).max_ongoing_requests(1);
        let counting = deploy(counting).await.unwrap();
        let mut first = counting.options(in_time()).count(9).await.unwrap();
        for _ in 0..read {
            first.next().await.unwrap().unwrap();
        }
        let mut second = counting.count(1).boxed();
        assert!(at_once(&mut second).await.is_none());
        tokio::time::advance(Duration::from_secs(1)).await;
        assert!(at_once(&mut second).await.is_none());
        let second = within(second).await.unwrap();
        assert_eq!((seen.made.get(), seen.dropped.get()), (read, 1));
        drop(second);
        // A later read gets the error.
        let error = within(first.next()).await.unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::DeadlineExceeded);
        assert_eq!(error.node(), Some("Counting.count"));
        assert!(first.next().await.is_none());
    }
}

#[tokio::test(start_paused = true)]
async fn a_reader_that_waits_in_vain_releases_the_permit() {
    let (_tell, orders) = orders();
    let forwarder = deploy(Forwarder::bind(orders).max_ongoing_requests(1));
    let forwarder = forwarder.await.unwrap();
    let mut first = forwarder.options(in_time()).forward(0).await.unwrap();
    // It waited for an item until the deadline.
    assert!(at_once(&mut first.next().boxed()).await.is_none());
    let mut second = forwarder.forward(0).boxed();
    assert!(at_once(&mut second).await.is_none());
    let _second = within(second).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_request_with_an_unread_stream_ends_at_its_deadline() {
    let app = deploy(counted(Seen::new())).await.unwrap();
    let first = app.call(2).await.unwrap();
    assert_eq!(app.call(1).await.unwrap_err().kind(), ErrorKind::Overloaded);
    tokio::time::advance(Duration::from_secs(3)).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    // Both the graph and the deployment have room again.
    let second = within(app.call(1)).await.unwrap();
    assert_eq!(within(second.collect()).await.unwrap(), [0]);
    within(Deployed::shutdown(app)).await;
    drop(first);
}

/// Items that are already made can still be read; their producer is gone.
#[tokio::test]
async fn a_thread_with_an_unread_stream_is_free_at_the_deadline() {
    let seen = Seen::new();
    let machine = deploy(Machine::bind(seen.clone())).await.unwrap();
    let handle = machine.options(CallOptions::new().timeout(Duration::from_secs(1000)));
    let mut numbers = handle.count(1000).await.unwrap();
    seen.made.reaches(5).await;
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(2000)).await;
    tokio::time::resume();
    seen.dropped.reaches(1).await;
    for n in 0..4 {
        assert_eq!(within(numbers.next()).await.unwrap().unwrap(), n);
    }
    let error = within(numbers.next()).await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::DeadlineExceeded);
    assert_eq!(error.node(), Some("Machine.count"));
    assert!(within(numbers.next()).await.is_none());
}
