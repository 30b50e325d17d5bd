//! Deadlines where a call waits: in a queue of threads, and at a gate.

use std::sync::Arc;

use serve_runtime::prelude::*;
use serve_runtime::{ErrorKind, Request};
use tokio::time::Instant;

use crate::clock::{begin, hold, ms, pass};
use crate::support::{Count, Stage};

#[deployment]
struct Computing {
    stage: Stage,
    ran: Count,
}

#[deployment]
impl Computing {
    fn new(stage: Stage, ran: Count) -> Self {
        Computing { stage, ran }
    }

    fn run(&self) -> usize {
        let ran = self.ran.add();
        self.stage.block();
        ran
    }
}

#[deployment(max_ongoing_requests = 1)]
struct InPlace {
    stage: Stage,
    ran: Count,
}

#[deployment]
impl InPlace {
    fn new(stage: Stage, ran: Count) -> Self {
        InPlace { stage, ran }
    }

    async fn run(&self) -> usize {
        let ran = self.ran.add();
        self.stage.hold().await;
        ran
    }
}

/// A call whose caller has a deadline, but does not end the call itself.
async fn patient<T>(deadline: Instant, call: impl Future<Output = T>) -> T {
    Request::default().with_deadline(deadline).scope(call).await
}

#[tokio::test(start_paused = true)]
async fn a_job_whose_deadline_has_passed_is_answered_and_never_run() {
    let (stage, ran) = (Stage::new(), Count::new());
    let app = deploy(Computing::bind(stage.clone(), ran.clone()))
        .await
        .unwrap();
    let app = Arc::new(app);
    let _held = hold();
    let call = |deadline: u64| {
        let (app, deadline) = (Arc::clone(&app), Instant::now() + ms(deadline));
        async move { patient(deadline, app.run()).await }
    };
    let running = begin(call(1_000)).await;
    stage.entered(1).await;
    let (late, in_time) = (begin(call(50)).await, begin(call(60)).await);
    pass(50).await;
    assert!(!late.is_finished(), "the queue is not read");
    stage.release(2);
    assert_eq!(running.await.unwrap().unwrap(), 0);
    let error = late.await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::DeadlineExceeded);
    assert_eq!(in_time.await.unwrap().unwrap(), 1, "the next to run");
    assert_eq!(ran.get(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_call_waits_at_a_gate_no_longer_than_its_deadline() {
    let (stage, ran) = (Stage::new(), Count::new());
    let app = deploy(InPlace::bind(stage.clone(), ran.clone()))
        .await
        .unwrap();
    let app = Arc::new(app);
    let _held = hold();
    let call = |deadline: u64| {
        let (app, deadline) = (Arc::clone(&app), Instant::now() + ms(deadline));
        async move { patient(deadline, app.run()).await }
    };
    let running = begin(call(1_000)).await;
    let (late, in_time) = (begin(call(50)).await, begin(call(60)).await);
    pass(49).await;
    assert!(!late.is_finished());
    pass(1).await;
    assert!(late.is_finished(), "still in line");
    let error = late.await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::DeadlineExceeded);
    stage.release(2);
    assert_eq!(running.await.unwrap().unwrap(), 0);
    assert_eq!(in_time.await.unwrap().unwrap(), 1, "the next in line");
    assert_eq!(ran.get(), 2);
}

#[graph(request_timeout_s = 0.05)]
fn behind_a_queue(stage: Stage, ran: Count) -> usize {
    let computing = Computing::bind(stage, ran);
    input(|| computing.run())
}

#[tokio::test(start_paused = true)]
async fn a_request_in_a_queue_ends_at_its_deadline() {
    let (stage, ran) = (Stage::new(), Count::new());
    let app = deploy(behind_a_queue(stage.clone(), ran.clone()))
        .await
        .unwrap();
    let app = Arc::new(app);
    let _held = hold();
    let call = || {
        let app = Arc::clone(&app);
        async move { app.call().await }
    };
    let running = begin(call()).await;
    stage.entered(1).await;
    let waiting = begin(call()).await;
    pass(50).await;
    for call in [running, waiting] {
        let error = call.await.unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::DeadlineExceeded);
        assert_eq!(error.node(), Some("computing.run"));
    }
    stage.release(2);
    assert_eq!(
        app.call().await.unwrap(),
        1,
        "the one that waited was not run"
    );
}
