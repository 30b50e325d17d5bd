//! Ends: orderly ones lose no call, sudden ones leave nobody waiting.

use std::pin::pin;

use futures_util::future::join_all;
use serve_runtime::ErrorKind;
use serve_runtime::prelude::*;

use crate::support::{Count, OnDrop, Stage, waits, within};

#[deployment]
struct Computing {
    stage: Stage,
    _dropped: OnDrop,
}

#[deployment]
impl Computing {
    fn new(stage: Stage, dropped: Count) -> Self {
        Computing {
            stage,
            _dropped: dropped.on_drop(),
        }
    }

    fn run(&self, number: u32) -> u32 {
        self.stage.block();
        number
    }
}

#[deployment(max_ongoing_requests = 1)]
struct InPlace {
    stage: Stage,
    _dropped: OnDrop,
}

#[deployment]
impl InPlace {
    fn new(stage: Stage, dropped: Count) -> Self {
        InPlace {
            stage,
            _dropped: dropped.on_drop(),
        }
    }

    async fn run(&self, number: u32) -> u32 {
        self.stage.hold().await;
        number
    }
}

#[track_caller]
fn assert_unavailable<T: std::fmt::Debug>(outcome: Result<T>) {
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Unavailable);
}

macro_rules! ends {
    ($name:ident, $deployment:ident) => {
        mod $name {
            use super::*;

            #[tokio::test]
            async fn dropping_the_application_refuses_what_waits() {
                let (stage, dropped) = (Stage::new(), Count::new());
                let bound = $deployment::bind(stage.clone(), dropped.clone());
                let app = deploy(bound).await.unwrap();
                let handle = app.handle().clone();
                let (mut runs, mut waiting) = (pin!(handle.run(1)), pin!(handle.run(2)));
                assert!(waits(&mut runs).await);
                stage.entered(1).await;
                assert!(waits(&mut waiting).await);
                drop(app);
                assert_unavailable(within(waiting).await);
                assert_unavailable(within(handle.run(3)).await);
                stage.release(1);
                assert_eq!(within(runs).await.unwrap(), 1);
                dropped.reaches(1).await;
            }

            #[tokio::test]
            async fn an_idle_application_is_shut_down_at_once() {
                let dropped = Count::new();
                let bound = $deployment::bind(Stage::new(), dropped.clone());
                let app = deploy(bound.num_replicas(3)).await.unwrap();
                within(app.shutdown()).await;
                dropped.reaches(3).await;
            }
        }
    };
}

ends!(on_a_thread, Computing);
ends!(in_place, InPlace);

#[tokio::test]
async fn a_shutdown_answers_what_runs_and_what_waits_and_drops_the_replicas() {
    let (stage, dropped) = (Stage::new(), Count::new());
    let bound = Computing::bind(stage.clone(), dropped.clone()).num_replicas(2);
    let app = deploy(bound).await.unwrap();
    let handle = app.handle().clone();
    let mut calls = pin!(join_all((0..20).map(|number| handle.run(number))));
    assert!(waits(&mut calls).await);
    stage.entered(2).await;
    let mut shutdown = pin!(app.shutdown());
    assert!(waits(&mut shutdown).await, "it does not wait");
    assert_unavailable(within(handle.run(0)).await);
    assert_eq!(dropped.get(), 0);

    stage.release(20);
    let (answers, ()) = within(async { tokio::join!(calls, shutdown) }).await;
    let answers: Result<Vec<u32>> = answers.into_iter().collect();
    assert_eq!(answers.unwrap(), (0..20).collect::<Vec<_>>());
    dropped.reaches(2).await;
    assert_unavailable(within(handle.run(0)).await);
}

#[tokio::test]
async fn a_shutdown_waits_for_the_calls_in_place() {
    let (stage, dropped) = (Stage::new(), Count::new());
    let bound = InPlace::bind(stage.clone(), dropped.clone()).num_replicas(2);
    let app = deploy(bound).await.unwrap();
    let handle = app.handle().clone();
    let mut calls = pin!(join_all((0..2).map(|number| handle.run(number))));
    assert!(waits(&mut calls).await);
    let mut shutdown = pin!(app.shutdown());
    assert!(waits(&mut shutdown).await, "it does not wait");
    assert_unavailable(within(handle.run(0)).await);
    assert_eq!(dropped.get(), 0);
    stage.release(2);
    let (answers, ()) = within(async { tokio::join!(calls, shutdown) }).await;
    assert!(answers.iter().all(Result::is_ok));
    dropped.reaches(2).await;
}

/// Has replicas of both kinds behind it.
#[deployment]
struct Holder {
    inner: Handle<Computing>,
}

#[deployment]
impl Holder {
    fn new(inner: Handle<Computing>) -> Self {
        Holder { inner }
    }

    async fn run(&self, number: u32) -> Result<u32> {
        self.inner.run(number).await
    }
}

#[graph]
fn two_steps(first: Stage, second: Stage, dropped: Count) -> u32 {
    let inner = Computing::bind(second, dropped.clone());
    let outer = Holder::bind(inner);
    let start = InPlace::bind(first, dropped);

    input(|number: u32| outer.run(start.run(number)))
}

#[tokio::test]
async fn a_graph_that_was_dropped_is_unavailable_and_names_the_node() {
    let app = deploy(two_steps(Stage::new(), Stage::new(), Count::new())).await;
    let app = app.unwrap();
    let handle = app.handle().clone();
    drop(app);
    let error = within(handle.call(7)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert_eq!(error.node(), Some("start.run"));
}
