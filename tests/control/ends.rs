//! How long a shutdown takes: until all requests have ended, and then at most the replicas' timeout.

use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serve_runtime::ErrorKind;
use serve_runtime::prelude::*;

use crate::support::{Count, Stage, is_pending_for, waits, within};

#[deployment]
struct Computing {
    stage: Stage,
}

#[deployment]
impl Computing {
    fn new(stage: Stage) -> Self {
        Computing { stage }
    }

    fn run(&self) {
        self.stage.block();
    }
}

#[deployment]
struct InPlace {
    stage: Stage,
}

#[deployment]
impl InPlace {
    fn new(stage: Stage) -> Self {
        InPlace { stage }
    }

    async fn run(&self) {
        self.stage.hold().await;
    }
}

#[graph]
fn one(stage: Stage) -> () {
    let model = Computing::bind(stage).graceful_shutdown_timeout(Duration::from_millis(10));
    input(|| model.run())
}

#[tokio::test]
async fn a_call_whose_caller_has_gone_is_waited_for_no_longer_than_a_replica_may_take() {
    let stage = Stage::new();
    let app = deploy(one(stage.clone())).await.unwrap();
    let hasty =
        Deployed::handle(&app).options(CallOptions::new().timeout(Duration::from_millis(20)));
    let late = within(hasty.call()).await.unwrap_err();
    assert_eq!(late.kind(), ErrorKind::DeadlineExceeded);
    stage.entered(1).await;
    within(Deployed::shutdown(app)).await;
    stage.release(1);
}

#[tokio::test]
async fn a_request_of_a_graph_is_waited_for_however_long_it_takes() {
    let stage = Stage::new();
    let app = deploy(one(stage.clone())).await.unwrap();
    let handle = Deployed::handle(&app).clone();
    let request = tokio::spawn(async move { handle.call().await });
    stage.entered(1).await;
    let mut shutdown = pin!(Deployed::shutdown(app));
    // Far longer than the replicas' timeout.
    assert!(is_pending_for(Duration::from_secs(1000), &mut shutdown).await);
    stage.release(1);
    within(request).await.unwrap().unwrap();
    within(shutdown).await;
}

#[tokio::test]
async fn a_caller_of_a_deployment_by_itself_gets_an_error_when_its_replica_is_given_up() {
    let stage = Stage::new();
    let bound = Computing::bind(stage.clone()).graceful_shutdown_timeout(Duration::from_millis(10));
    let app = deploy(bound).await.unwrap();
    let (first, second) = (
        Deployed::handle(&app).clone(),
        Deployed::handle(&app).clone(),
    );
    let (mut runs, mut waiting) = (pin!(first.run()), pin!(second.run()));
    assert!(waits(&mut runs).await);
    stage.entered(1).await;
    assert!(waits(&mut waiting).await);
    within(Deployed::shutdown(app)).await;
    for answer in [within(runs).await, within(waiting).await] {
        assert_eq!(answer.unwrap_err().kind(), ErrorKind::Unavailable);
    }
    stage.release(1);
}

#[tokio::test]
async fn a_call_in_place_continues_in_its_caller() {
    let stage = Stage::new();
    let bound = InPlace::bind(stage.clone()).graceful_shutdown_timeout(Duration::from_millis(10));
    let app = deploy(bound).await.unwrap();
    let handle = Deployed::handle(&app).clone();
    let mut runs = pin!(handle.run());
    assert!(waits(&mut runs).await);
    within(Deployed::shutdown(app)).await;
    stage.release(1);
    within(runs).await.unwrap();
}

/// Its `Drop` panics.
#[deployment(health_check_period_s = 0.001)]
struct Stubborn {
    number: usize,
    is_new: AtomicBool,
}

#[deployment]
impl Stubborn {
    fn new(built: Count) -> Self {
        let number = built.add();
        Stubborn {
            number,
            is_new: AtomicBool::new(true),
        }
    }

    fn check_health(&self) -> Result<()> {
        match (self.number, self.is_new.swap(false, Ordering::Relaxed)) {
            (0, false) => Err(Error::failed("the first one does not stay well")),
            _ => Ok(()),
        }
    }

    async fn run(&self) {}
}

impl Drop for Stubborn {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            panic!("will not go");
        }
    }
}

#[tokio::test]
async fn a_replica_whose_drop_panics_is_retired_all_the_same() {
    let built = Count::new();
    let app = deploy(Stubborn::bind(built.clone())).await.unwrap();
    built.reaches(2).await;
    within(app.run()).await.unwrap();
    let control = Deployed::control(&app)
        .deployment::<Stubborn>("Stubborn")
        .unwrap();
    within(control.scale(2)).await.unwrap();
    within(control.scale(1)).await.unwrap();
    within(app.run()).await.unwrap();
    within(Deployed::shutdown(app)).await;
    assert!(control.status().replicas.is_empty());
}
