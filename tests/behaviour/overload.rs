//! Limits: which calls are refused, which wait, and in which order.

use std::pin::pin;
use std::sync::Arc;

use futures_util::future::join_all;
use serve_runtime::prelude::*;
use serve_runtime::{OverloadReason, Overloaded};
use tokio::sync::mpsc;

use crate::support::{Count, Stage, at_once, waits, within};

/// Holds its calls and records the order in which they ran.
#[deployment(max_queued_requests = 2)]
struct Computing {
    stage: Stage,
    ran: mpsc::UnboundedSender<u32>,
}

#[deployment]
impl Computing {
    fn new(stage: Stage, ran: mpsc::UnboundedSender<u32>) -> Self {
        Computing { stage, ran }
    }

    fn run(&self, number: u32) -> u32 {
        let _ = self.ran.send(number);
        self.stage.block();
        number
    }
}

#[deployment(max_ongoing_requests = 1, max_queued_requests = 2)]
struct InPlace {
    stage: Stage,
    ran: mpsc::UnboundedSender<u32>,
}

#[deployment]
impl InPlace {
    fn new(stage: Stage, ran: mpsc::UnboundedSender<u32>) -> Self {
        InPlace { stage, ran }
    }

    async fn run(&self, number: u32) -> u32 {
        let _ = self.ran.send(number);
        self.stage.hold().await;
        number
    }
}

/// Returns everything that has been sent.
fn drain(ran: &mut mpsc::UnboundedReceiver<u32>) -> Vec<u32> {
    std::iter::from_fn(|| ran.try_recv().ok()).collect()
}

#[track_caller]
fn assert_overloaded<T: std::fmt::Debug>(outcome: Result<T>, deployment: &str) {
    let error = outcome.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Overloaded);
    let overloaded = error.downcast_ref::<Overloaded>().unwrap();
    assert_eq!(overloaded.deployment, deployment);
    let OverloadReason::QueueFull {
        max_queued_requests,
        ..
    } = overloaded.reason
    else {
        panic!("{overloaded:?}");
    };
    assert_eq!(max_queued_requests, 2);
}

// A macro, because the two handles have different types.
macro_rules! limits_hold {
    ($name:ident, $deployment:ident) => {
        mod $name {
            use super::*;

            type Ran = mpsc::UnboundedReceiver<u32>;

            async fn deployed() -> (Served, Stage, Ran) {
                let (stage, (ran, received)) = (Stage::new(), mpsc::unbounded_channel());
                let bound = $deployment::bind(stage.clone(), ran);
                (deploy(bound).await.unwrap(), stage, received)
            }

            type Served = serve_runtime::Deployed<Handle<$deployment>>;

            #[tokio::test]
            async fn a_call_without_a_place_is_refused_at_once() {
                let (app, stage, mut ran) = deployed().await;
                let (mut one, mut two, mut three) =
                    (pin!(app.run(1)), pin!(app.run(2)), pin!(app.run(3)));
                assert!(waits(&mut one).await);
                stage.entered(1).await;
                assert!(waits(&mut two).await && waits(&mut three).await);

                let refused = at_once(&mut pin!(app.run(4))).await;
                assert_overloaded(refused.expect("it waits"), stringify!($deployment));

                stage.release(3);
                for (call, expected) in [(one, 1), (two, 2), (three, 3)] {
                    assert_eq!(within(call).await.unwrap(), expected);
                }
                assert_eq!(drain(&mut ran), [1, 2, 3]);
                assert_eq!(stage.max_inside(), 1);
            }

            #[tokio::test]
            async fn a_caller_that_goes_away_while_it_waits_is_skipped() {
                let (app, stage, mut ran) = deployed().await;
                let mut one = pin!(app.run(1));
                assert!(waits(&mut one).await);
                stage.entered(1).await;
                let mut gone = Box::pin(app.run(2));
                let mut three = pin!(app.run(3));
                assert!(waits(&mut gone).await && waits(&mut three).await);
                drop(gone);
                stage.release(3);
                let (one, three) = within(async { tokio::join!(one, three) }).await;
                assert_eq!((one.unwrap(), three.unwrap()), (1, 3));
                assert_eq!(drain(&mut ran), [1, 3]);
            }

            #[tokio::test]
            async fn a_caller_that_goes_away_while_its_call_runs_frees_the_place() {
                let (app, stage, _ran) = deployed().await;
                let mut gone = Box::pin(app.run(1));
                assert!(waits(&mut gone).await);
                stage.entered(1).await;
                drop(gone);
                stage.release(2);
                assert_eq!(within(app.run(2)).await.unwrap(), 2);
            }
        }
    };
}

limits_hold!(on_a_thread, Computing);
limits_hold!(in_place, InPlace);

#[tokio::test]
async fn callers_that_go_away_free_their_places() {
    let (stage, (ran, _received)) = (Stage::new(), mpsc::unbounded_channel());
    let app = deploy(InPlace::bind(stage.clone(), ran)).await.unwrap();
    let mut one = pin!(app.run(1));
    assert!(waits(&mut one).await);
    for _ in 0..3 {
        let (mut two, mut three) = (Box::pin(app.run(2)), Box::pin(app.run(3)));
        assert!(waits(&mut two).await && waits(&mut three).await, "refused");
    }
    let mut last = pin!(app.run(4));
    assert!(waits(&mut last).await, "refused");
    stage.release(2);
    let (one, last) = within(async { tokio::join!(one, last) }).await;
    assert_eq!((one.unwrap(), last.unwrap()), (1, 4));
}

#[graph]
fn computing_graph(stage: Stage, ran: mpsc::UnboundedSender<u32>) -> u32 {
    let model = Computing::bind(stage, ran).max_queued_requests(1);

    input(|number: u32| model.run(number))
}

#[tokio::test]
async fn a_graph_refuses_requests_that_its_deployments_cannot_take() {
    let (stage, (ran, _received)) = (Stage::new(), mpsc::unbounded_channel());
    let app = deploy(computing_graph(stage.clone(), ran)).await.unwrap();
    let mut one = pin!(app.call(1));
    assert!(waits(&mut one).await);
    stage.entered(1).await;
    let mut two = pin!(app.call(2));
    assert!(waits(&mut two).await);
    let error = within(app.call(3)).await.unwrap_err();
    let refused = error.downcast::<Overloaded>().unwrap();
    assert_eq!(refused.deployment, "model");
    let OverloadReason::TooManyRequests { limit, .. } = refused.reason else {
        panic!("{refused:?}");
    };
    assert_eq!(limit, 2);
    stage.release(2);
    assert_eq!(within(one).await.unwrap(), 1);
    assert_eq!(within(two).await.unwrap(), 2);
}

/// Counts the calls that its replica works on.
#[deployment]
struct Crowd {
    replica: Arc<Stage>,
}

#[deployment]
impl Crowd {
    fn new(replicas: mpsc::UnboundedSender<Arc<Stage>>) -> Self {
        let replica = Arc::new(Stage::new());
        let _ = replicas.send(Arc::clone(&replica));
        Crowd { replica }
    }

    async fn run(&self) {
        let _inside = self.replica.enter();
        for _ in 0..3 {
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_replica_ever_works_on_more_calls_than_its_limit() {
    let (replicas, mut built) = mpsc::unbounded_channel();
    let bound = Crowd::bind(replicas).num_replicas(3);
    let app = deploy(bound.max_ongoing_requests(2).max_queued_requests(1000)).await;
    let app = Arc::new(app.unwrap());
    let calls = (0..600).map(|number| {
        let app = Arc::clone(&app);
        tokio::spawn(async move {
            let mut call = Box::pin(app.run());
            // Some callers go away at once; their places must not be lost.
            if number % 5 == 0 && waits(&mut call).await {
                return Ok(());
            }
            call.await
        })
    });
    for call in within(join_all(calls)).await {
        call.unwrap().unwrap();
    }
    for _ in 0..3 {
        assert_eq!(built.recv().await.unwrap().max_inside(), 2);
    }
}

/// The constructor of its third replica waits until the test releases it.
#[deployment(max_ongoing_requests = 1)]
struct Replaced {
    stage: Stage,
}

#[deployment]
impl Replaced {
    async fn new(built: Count, successor: Stage, stage: Stage) -> Self {
        if built.add() == 2 {
            successor.hold().await;
        }
        Replaced { stage }
    }

    async fn run(&self, fine: bool) {
        assert!(fine, "not fine");
        self.stage.hold().await;
    }
}

#[tokio::test]
async fn a_single_remaining_replica_does_not_exceed_its_limit() {
    let (successor, stage) = (Stage::new(), Stage::new());
    let bound = Replaced::bind(Count::new(), successor.clone(), stage.clone());
    let app = deploy(bound.num_replicas(2)).await.unwrap();
    app.run(false).await.unwrap_err();
    successor.entered(1).await;
    let (mut one, mut two) = (pin!(app.run(true)), pin!(app.run(true)));
    assert!(waits(&mut one).await && waits(&mut two).await);
    let max_inside = stage.max_inside();
    successor.release(1);
    stage.release(2);
    let (one, two) = within(async { tokio::join!(one, two) }).await;
    assert_eq!((one.unwrap(), two.unwrap(), max_inside), ((), (), 1));
}

/// Has one thread per replica.
#[deployment]
struct Alone {
    others: Stage,
    runs: Count,
}

#[deployment]
impl Alone {
    fn new(others: Stage, runs: Count) -> Self {
        Alone { others, runs }
    }

    fn run(&self) {
        let _inside = self.others.enter();
        self.runs.add();
        std::thread::yield_now();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_compute_replica_makes_one_call_at_a_time() {
    let (others, runs) = (Stage::new(), Count::new());
    let bound = Alone::bind(others.clone(), runs.clone()).num_replicas(2);
    let app = Arc::new(deploy(bound.max_queued_requests(1000)).await.unwrap());
    let calls = (0..300).map(|_| {
        let app = Arc::clone(&app);
        tokio::spawn(async move { app.run().await })
    });
    for call in within(join_all(calls)).await {
        call.unwrap().unwrap();
    }
    assert_eq!(runs.get(), 300);
    assert!(others.max_inside() <= 2);
}
