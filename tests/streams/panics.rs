//! A producer that panics while it produces.

use futures_util::StreamExt;
use serve_runtime::prelude::*;

use crate::support::{Count, within};

/// Panics at the third item; its successor does not.
#[deployment]
struct Breaking {
    built: usize,
}

#[deployment]
impl Breaking {
    fn new(built: Count) -> Self {
        Breaking { built: built.add() }
    }

    async fn stream(&self) -> impl Stream<Item = usize> {
        futures_util::stream::iter(0..3).inspect(|n| assert!(self.built > 0 || *n < 2, "broken"))
    }
}

#[deployment]
struct Thread {
    built: usize,
}

#[deployment]
impl Thread {
    fn new(built: Count) -> Self {
        Thread { built: built.add() }
    }

    fn stream(&self) -> impl Iterator<Item = usize> {
        (0..3).inspect(|n| assert!(self.built > 0 || *n < 2, "broken"))
    }
}

#[deployment]
async fn bare() -> impl Stream<Item = usize> {
    futures_util::stream::iter(0..3).inspect(|n| assert!(*n < 2, "broken"))
}

#[deployment]
async fn pass(numbers: Streaming<usize>) -> Streaming<usize> {
    numbers
}

#[graph]
fn three(first: Count, second: Count) -> Streaming<usize> {
    let here = Breaking::bind(first);
    let there = Thread::bind(second);

    route("/here", || pass(here.stream()));
    route("/there", || pass(there.stream()));
    route("/bare", || pass(bare()));
}

async fn broken(numbers: Streaming<usize>, node: &str) {
    let mut numbers = numbers;
    for n in 0..2 {
        assert_eq!(within(numbers.next()).await.unwrap().unwrap(), n);
    }
    let error = within(numbers.next()).await.unwrap().unwrap_err();
    assert_eq!(
        (error.kind(), error.node()),
        (ErrorKind::Panicked, Some(node))
    );
    assert_eq!(error.message(), "panicked: broken");
    assert!(within(numbers.next()).await.is_none());
}

#[tokio::test]
async fn the_stream_ends_with_an_error_and_the_replica_is_replaced() {
    let (here, there) = (Count::new(), Count::new());
    let app = deploy(three(here.clone(), there.clone())).await.unwrap();
    broken(within(app.here()).await.unwrap(), "here.stream").await;
    broken(within(app.there()).await.unwrap(), "there.stream").await;
    broken(within(app.bare()).await.unwrap(), "bare").await;
    // Their successors work.
    for numbers in [
        app.here().await.unwrap(),
        within(app.there()).await.unwrap(),
    ] {
        assert_eq!(within(numbers.collect()).await.unwrap(), [0, 1, 2]);
    }
    assert_eq!((here.get(), there.get()), (2, 2));
}
