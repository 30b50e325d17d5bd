//! A request is admitted only if each deployment that it will call has a place for it.

use std::pin::pin;

use serve_runtime::prelude::*;
use serve_runtime::{OverloadReason, Overloaded};

use crate::support::{Count, Stage, waits, within};

#[deployment]
struct First {
    calls: Count,
}

#[deployment]
impl First {
    fn new(calls: Count) -> Self {
        First { calls }
    }

    async fn run(&self, number: u32) -> u32 {
        self.calls.add();
        number
    }
}

#[deployment(max_queued_requests = 2)]
struct Narrow {
    stage: Stage,
}

#[deployment]
impl Narrow {
    fn new(stage: Stage) -> Self {
        Narrow { stage }
    }

    fn run(&self, number: u32) -> u32 {
        self.stage.block();
        number
    }
}

#[graph]
fn narrowing(calls: Count, stage: Stage) -> u32 {
    let first = First::bind(calls);
    let narrow = Narrow::bind(stage);
    input(|number: u32| narrow.run(first.run(number)))
}

/// The deployment that is too busy, and the limit of requests.
fn refusal(error: &Error) -> (&str, usize) {
    let overloaded: &Overloaded = error.downcast_ref().unwrap();
    match overloaded.reason {
        OverloadReason::TooManyRequests { limit, .. } => (&overloaded.deployment, limit),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_request_that_could_not_be_finished_is_not_begun() {
    let (calls, stage) = (Count::new(), Stage::new());
    let app = deploy(narrowing(calls.clone(), stage.clone()))
        .await
        .unwrap();
    let mut in_flight: Vec<_> = (0..3).map(|number| Box::pin(app.call(number))).collect();
    for call in &mut in_flight {
        assert!(waits(call).await);
    }
    let error = within(app.call(3)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Overloaded);
    assert_eq!(refusal(&error), ("narrow", 3));
    assert_eq!(calls.get(), 3, "the refused one has not been at `first`");

    stage.release(3);
    for call in in_flight {
        within(call).await.unwrap();
    }
    stage.release(1);
    within(app.call(3)).await.unwrap();
}

#[tokio::test]
async fn more_replicas_take_more_requests() {
    let stage = Stage::new();
    let app = deploy(narrowing(Count::new(), stage.clone()))
        .await
        .unwrap();
    let narrow = Deployed::control(&app)
        .deployment::<Narrow>("narrow")
        .unwrap();
    within(narrow.scale(3)).await.unwrap();
    let mut in_flight: Vec<_> = (0..5).map(|number| Box::pin(app.call(number))).collect();
    for call in &mut in_flight {
        assert!(waits(call).await);
    }
    within(app.call(5)).await.unwrap_err();
    // Options can also be changed while calls are made.
    let wider = Narrow::bind(stage.clone())
        .num_replicas(3)
        .max_queued_requests(4);
    let mut update = pin!(narrow.update(wider));
    assert!(waits(&mut update).await);
    let mut sixth = Box::pin(app.call(5));
    within(async {
        while !waits(&mut sixth).await {
            sixth = Box::pin(app.call(5));
            tokio::task::yield_now().await;
        }
    })
    .await;
    stage.release(20);
    within(update).await.unwrap();
    for call in in_flight {
        within(call).await.unwrap();
    }
    within(sixth).await.unwrap();
}

#[tokio::test]
async fn an_update_changes_how_many_may_wait() {
    let stage = Stage::new();
    let app = deploy(narrowing(Count::new(), stage.clone()))
        .await
        .unwrap();
    let narrow = Deployed::control(&app)
        .deployment::<Narrow>("narrow")
        .unwrap();
    let wider = Narrow::bind(stage.clone()).max_queued_requests(4);
    within(narrow.update(wider)).await.unwrap();
    let mut in_flight: Vec<_> = (0..5).map(|number| Box::pin(app.call(number))).collect();
    for call in &mut in_flight {
        assert!(waits(call).await);
    }
    let error = within(app.call(5)).await.unwrap_err();
    assert_eq!(refusal(&error), ("narrow", 5));
    stage.release(5);
    for call in in_flight {
        within(call).await.unwrap();
    }
}
