//! Calls that their caller keeps, and polls no more.

use serve_runtime::prelude::*;

use crate::support::{Stage, waits, within};

#[deployment(max_ongoing_requests = 1, max_queued_requests = 3)]
struct Model(Stage);

#[deployment]
impl Model {
    fn new(stage: Stage) -> Self {
        Model(stage)
    }

    async fn hold(&self) {
        self.0.hold().await;
    }

    async fn answer(&self, input: u64) -> u64 {
        input
    }
}

#[deployment]
struct Both(Stage);

#[deployment]
impl Both {
    fn new(stage: Stage) -> Self {
        Both(stage)
    }

    async fn hold(&mut self) {
        self.0.hold().await;
    }

    async fn answer(&mut self, input: u64) -> u64 {
        input
    }

    fn answer_on_thread(&mut self, input: u64) -> u64 {
        input
    }
}

/// It has been given its turn, which it does not use.
#[tokio::test]
async fn waiting_calls_that_are_left_alone_keep_no_other_from_the_replica() {
    let stage = Stage::new();
    let app = deploy(Model::bind(stage.clone())).await.unwrap();
    let mut first = Box::pin(app.hold());
    assert!(waits(&mut first).await);
    let (mut left, mut also_left) = (Box::pin(app.answer(1)), Box::pin(app.answer(2)));
    assert!(waits(&mut left).await && waits(&mut also_left).await);
    let mut behind = Box::pin(app.answer(3));
    assert!(waits(&mut behind).await);
    stage.release(1);
    within(first).await.unwrap();
    assert_eq!(within(behind).await.unwrap(), 3);
    // They have no places in the queue either, so as many calls wait as may.
    let mut first = Box::pin(app.hold());
    assert!(waits(&mut first).await);
    let mut calls = [4, 5, 6].map(|input| Box::pin(app.answer(input)));
    for call in &mut calls {
        assert!(waits(call).await);
    }
    stage.release(1);
    within(first).await.unwrap();
    for (call, input) in calls.into_iter().zip(4..) {
        assert_eq!(within(call).await.unwrap(), input);
    }
    assert_eq!(within(left).await.unwrap(), 1);
    assert_eq!(within(also_left).await.unwrap(), 2);
}

#[tokio::test]
async fn a_call_that_was_left_alone_and_is_polled_again_is_before_those_that_came_later() {
    let stage = Stage::new();
    let app = deploy(Model::bind(stage.clone())).await.unwrap();
    let mut first = Box::pin(app.hold());
    assert!(waits(&mut first).await);
    let mut left = Box::pin(app.answer(1));
    assert!(waits(&mut left).await);
    let mut next = Box::pin(app.hold());
    assert!(waits(&mut next).await);
    stage.release(1);
    within(first).await.unwrap();
    within(async {
        tokio::select! {
            _ = &mut next => unreachable!("it is held"),
            () = stage.entered(2) => {}
        }
    })
    .await;
    let mut later = Box::pin(app.answer(2));
    assert!(waits(&mut later).await && waits(&mut left).await);
    stage.release(1);
    within(next).await.unwrap();
    assert!(waits(&mut later).await, "it has overtaken");
    assert_eq!(within(left).await.unwrap(), 1);
    assert_eq!(within(later).await.unwrap(), 2);
}

/// The thread lets a call in place go first where one waits.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_waiting_call_that_is_left_alone_does_not_keep_the_thread_from_its_replica() {
    let stage = Stage::new();
    let app = deploy(Both::bind(stage.clone())).await.unwrap();
    let mut first = Box::pin(app.hold());
    assert!(waits(&mut first).await);
    let mut left = Box::pin(app.answer(1));
    assert!(waits(&mut left).await);
    stage.release(1);
    within(first).await.unwrap();
    for input in 2..5 {
        assert_eq!(within(app.answer_on_thread(input)).await.unwrap(), input);
    }
    let mut in_place = Box::pin(app.answer(5));
    let on_thread = async { app.answer_on_thread(6).await.unwrap() };
    let both = within(async { tokio::join!(&mut in_place, on_thread) }).await;
    assert_eq!((both.0.unwrap(), both.1), (5, 6));
    assert_eq!(within(left).await.unwrap(), 1);
}
