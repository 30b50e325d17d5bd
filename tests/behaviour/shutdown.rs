//! The end of an application: a shutdown loses no call, and after a drop no caller waits.

use std::pin::pin;

use futures_util::future::join_all;
use serve_runtime::ErrorKind;
use serve_runtime::prelude::*;

use crate::support::{Count, OnDrop, Stage, waits, within};

#[deployment]
pub(crate) struct Computing {
    stage: Stage,
    _dropped: OnDrop,
}

#[deployment]
impl Computing {
    pub(crate) fn new(stage: Stage, dropped: Count) -> Self {
        Computing {
            stage,
            _dropped: dropped.on_drop(),
        }
    }

    pub(crate) fn run(&self, number: u32) -> u32 {
        self.stage.block();
        number
    }
}

#[deployment(max_ongoing_requests = 1)]
pub(crate) struct InPlace {
    stage: Stage,
    _dropped: OnDrop,
}

#[deployment]
impl InPlace {
    pub(crate) fn new(stage: Stage, dropped: Count) -> Self {
        InPlace {
            stage,
            _dropped: dropped.on_drop(),
        }
    }

    pub(crate) async fn run(&self, number: u32) -> u32 {
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
            async fn a_shutdown_answers_running_and_waiting_calls_and_drops_the_replicas() {
                let (stage, dropped) = (Stage::new(), Count::new());
                let bound = $deployment::bind(stage.clone(), dropped.clone()).num_replicas(2);
                let app = deploy(bound).await.unwrap();
                let handle = Deployed::handle(&app).clone();
                let mut calls = pin!(join_all((0..20).map(|number| handle.run(number))));
                assert!(waits(&mut calls).await);
                stage.entered(2).await;
                let mut shutdown = pin!(Deployed::shutdown(app));
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
            async fn dropping_the_application_refuses_waiting_calls() {
                let (stage, dropped) = (Stage::new(), Count::new());
                let bound = $deployment::bind(stage.clone(), dropped.clone());
                let app = deploy(bound).await.unwrap();
                let handle = Deployed::handle(&app).clone();
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
                within(Deployed::shutdown(app)).await;
                dropped.reaches(3).await;
            }
        }
    };
}

ends!(on_a_thread, Computing);
ends!(in_place, InPlace);

/// Calls replicas of both kinds.
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
    let handle = Deployed::handle(&app).clone();
    drop(app);
    let error = within(handle.call(7)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert_eq!(error.node(), Some("start.run"));
}

// The replicas of the second step must stay until the requests in the first step have reached them.
#[tokio::test]
async fn a_request_that_has_begun_is_completed() {
    let (first, second, dropped) = (Stage::new(), Stage::new(), Count::new());
    let graph = two_steps(first.clone(), second.clone(), dropped.clone());
    let app = deploy(graph).await.unwrap();
    let handle = Deployed::handle(&app).clone();
    let mut request = pin!(handle.call(7));
    assert!(waits(&mut request).await);
    first.entered(1).await;
    let mut shutdown = pin!(Deployed::shutdown(app));
    assert!(waits(&mut shutdown).await);
    first.release(1);
    second.release(1);
    let (answer, ()) = within(async { tokio::join!(request, shutdown) }).await;
    assert_eq!(answer.unwrap(), 7);
    dropped.reaches(2).await;
}
