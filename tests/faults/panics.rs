//! One call in a hundred panics, while others are made.

use std::sync::Arc;

use serve_runtime::prelude::*;

use crate::support::Count;
use crate::tally::tally;

const REQUESTS: u32 = 2_000;

fn is_unlucky(number: u32) -> bool {
    number % 100 == 37
}

fn unless_unlucky(number: u32) -> u32 {
    assert!(!is_unlucky(number), "unlucky");
    number
}

#[deployment(num_replicas = 2, max_queued_requests = 4_000)]
struct Computing {
    batches: Count,
}

#[deployment]
impl Computing {
    fn new(batches: Count) -> Self {
        Computing { batches }
    }

    fn run(&self, number: u32) -> u32 {
        unless_unlucky(number)
    }

    /// A panic fails the whole batch: records which batch each call was in.
    #[batch(max_batch_size = 8, batch_wait_timeout_s = 0)]
    fn batched(&self, numbers: Vec<u32>) -> Vec<u32> {
        if numbers.iter().any(|number| is_unlucky(*number)) {
            for _ in &numbers {
                self.batches.add();
            }
            panic!("unlucky");
        }
        numbers
    }
}

#[deployment(
    num_replicas = 2,
    max_ongoing_requests = 8,
    max_queued_requests = 4_000
)]
struct InPlace;

#[deployment]
impl InPlace {
    fn new() -> Self {
        InPlace
    }

    async fn run(&self, number: u32) -> u32 {
        tokio::task::yield_now().await;
        unless_unlucky(number)
    }
}

#[graph]
fn on_threads(batches: Count) -> u32 {
    let model = Computing::bind(batches);
    input(|number: u32| model.run(number))
}

#[graph]
fn in_batches(batches: Count) -> u32 {
    let model = Computing::bind(batches);
    input(|number: u32| model.batched(number))
}

#[graph]
fn on_tasks() -> u32 {
    let model = InPlace::bind();
    input(|number: u32| model.run(number))
}

macro_rules! exactly_the_unlucky_fail {
    ($name:ident, $application:expr) => {
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            let app = Arc::new(deploy($application).await.unwrap());
            let tally = tally(REQUESTS, |number| {
                let app = Arc::clone(&app);
                async move { app.call(number).await }
            })
            .await;
            let failed: Vec<u32> = tally.panicked.keys().copied().collect();
            let unlucky: Vec<u32> = (0..REQUESTS).filter(|number| is_unlucky(*number)).collect();
            assert_eq!(failed, unlucky, "{:?}", tally.other);
            assert!(tally.panicked.values().all(|node| node == "model.run"));
            assert_eq!(tally.answered, (REQUESTS - REQUESTS / 100) as usize);
        }
    };
}

exactly_the_unlucky_fail!(
    on_threads_exactly_the_unlucky_fail,
    on_threads(Count::new())
);
exactly_the_unlucky_fail!(in_place_exactly_the_unlucky_fail, on_tasks());

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_batches_exactly_the_batches_of_the_unlucky_fail() {
    let batches = Count::new();
    let app = Arc::new(deploy(in_batches(batches.clone())).await.unwrap());
    let tally = tally(REQUESTS, |number| {
        let app = Arc::clone(&app);
        async move { app.call(number).await }
    })
    .await;
    let unlucky = (0..REQUESTS).filter(|number| is_unlucky(*number));
    assert!(
        unlucky
            .clone()
            .all(|number| tally.panicked.contains_key(&number))
    );
    assert_eq!(tally.panicked.len(), batches.get(), "{:?}", tally.other);
    assert!(tally.panicked.values().all(|node| node == "model.batched"));
    assert_eq!(tally.answered + tally.panicked.len(), REQUESTS as usize);
}
