//! The deadline of a request ends its stream. Time stands still but for the tests.

use std::time::Duration;

use serve_runtime::prelude::*;

use crate::producers::{Machine, Orders, Seen, Teller, double, orders};
use crate::support::within;

#[graph(request_timeout_s = 2.0)]
fn told(orders: Orders) -> Streaming<u32> {
    let teller = Teller::bind(orders);

    input(|from: u32| double(teller.tell(from)))
}

#[tokio::test(start_paused = true)]
async fn a_stream_ends_at_the_deadline() {
    let (tell, orders) = orders();
    let app = deploy(told(orders)).await.unwrap();
    let mut numbers = app.call(0).await.unwrap();
    tell.send(1).unwrap();
    tokio::time::advance(Duration::from_secs(1)).await;
    assert_eq!(numbers.next().await.unwrap().unwrap(), 2);
    let error = within(numbers.next()).await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::DeadlineExceeded);
    assert_eq!(error.node(), Some("teller.tell"));
    assert!(numbers.next().await.is_none());
}

#[tokio::test]
async fn a_thread_whose_stream_nobody_reads_is_free_at_the_deadline() {
    let seen = Seen::new();
    let machine = deploy(Machine::bind(seen.clone())).await.unwrap();
    let handle = machine.options(CallOptions::new().timeout_s(1000.0));
    let numbers = handle.count(1000).await.unwrap();
    seen.made.reaches(5).await;
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(2000)).await;
    tokio::time::resume();
    seen.dropped.reaches(1).await;
    drop(numbers);
}
