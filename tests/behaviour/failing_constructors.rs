//! Replicas that cannot be built: at the start, and in place of one that panicked.

use std::sync::Arc;

use serve_runtime::prelude::*;
use serve_runtime::{ErrorKind, Health};
use tokio::sync::Semaphore;

use crate::support::{Count, OnDrop, Stage, within};

/// Decides for each replica, by its number, whether it can be built.
type Plan = fn(usize) -> Result<()>;

#[derive(Clone)]
struct Watched {
    plan: Plan,
    attempts: Count,
    dropped: Count,
}

impl Watched {
    fn new(plan: Plan) -> Self {
        Watched {
            plan,
            attempts: Count::new(),
            dropped: Count::new(),
        }
    }

    fn build(&self) -> Result<OnDrop> {
        (self.plan)(self.attempts.add())?;
        Ok(self.dropped.on_drop())
    }
}

#[deployment]
struct InPlace {
    _dropped: OnDrop,
}

#[deployment]
impl InPlace {
    fn new(watched: Watched) -> Result<Self> {
        let _dropped = watched.build()?;
        Ok(InPlace { _dropped })
    }

    async fn run(&self, fine: bool) {
        assert!(fine, "not fine");
    }
}

#[deployment]
struct Computing {
    _dropped: OnDrop,
}

#[deployment]
impl Computing {
    fn new(watched: Watched) -> Result<Self> {
        let _dropped = watched.build()?;
        Ok(Computing { _dropped })
    }

    fn run(&self, fine: bool) {
        assert!(fine, "not fine");
    }
}

fn third_fails(number: usize) -> Result<()> {
    match number {
        2 => Err(Error::upstream("no weights")),
        _ => Ok(()),
    }
}

fn third_panics(number: usize) -> Result<()> {
    assert_ne!(number, 2, "no luck");
    Ok(())
}

#[tokio::test]
async fn one_replica_that_fails_fails_the_deployment_and_the_others_are_dropped() {
    let watched = Watched::new(third_fails);
    let bound = InPlace::bind(watched.clone()).num_replicas(4);
    let bound = bound.max_constructor_retry_count(1);
    let error = deploy(bound.name("Eyes")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Upstream);
    let expected = "deployment `Eyes` could not be started: no weights";
    assert_eq!(error.to_string(), expected);
    watched.dropped.reaches(watched.attempts.get() - 1).await;

    let watched = Watched::new(third_fails);
    let bound = Computing::bind(watched.clone()).num_replicas(4);
    let bound = bound.max_constructor_retry_count(1);
    let error = deploy(bound).await.unwrap_err();
    let expected = "deployment `Computing` could not be started: no weights";
    assert_eq!(error.to_string(), expected);
    watched.dropped.reaches(watched.attempts.get() - 1).await;
}

#[tokio::test]
async fn a_constructor_that_panics_fails_the_deployment() {
    let watched = Watched::new(third_panics);
    let bound = Computing::bind(watched.clone()).num_replicas(3);
    let bound = bound.max_constructor_retry_count(1);
    let error = deploy(bound).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Panicked);
    let message = error.to_string();
    assert!(message.starts_with("deployment `Computing` could not be started: panicked:"));
    assert!(message.contains("no luck"), "{message}");
    watched.dropped.reaches(2).await;

    let bound = InPlace::bind(Watched::new(third_panics)).num_replicas(3);
    let bound = bound.max_constructor_retry_count(1);
    let error = deploy(bound).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Panicked);
}

/// Its constructor waits until the test releases it.
#[deployment]
struct Late {
    _dropped: OnDrop,
}

#[deployment]
impl Late {
    async fn new(stage: Stage, dropped: Count) -> Self {
        stage.hold().await;
        Late {
            _dropped: dropped.on_drop(),
        }
    }

    fn run(&self) {}
}

fn works_after_two_failures(number: usize) -> Result<()> {
    match number {
        1 => Err(Error::upstream("no weights")),
        2 => panic!("no luck"),
        _ => Ok(()),
    }
}

fn never_again(number: usize) -> Result<()> {
    match number {
        0 => Ok(()),
        _ => Err(Error::upstream("no weights")),
    }
}

#[tokio::test]
async fn a_successor_that_cannot_be_built_is_tried_again() {
    let watched = Watched::new(works_after_two_failures);
    let app = deploy(InPlace::bind(watched.clone())).await.unwrap();
    app.run(false).await.unwrap_err();
    within(app.run(true)).await.unwrap();
    assert_eq!(watched.attempts.get(), 4);
    Deployed::control(&app).health().unwrap();

    let watched = Watched::new(works_after_two_failures);
    let app = deploy(Computing::bind(watched.clone())).await.unwrap();
    app.run(false).await.unwrap_err();
    within(app.run(true)).await.unwrap();
    assert_eq!(watched.attempts.get(), 4);
    Deployed::control(&app).health().unwrap();
}

const GAVE_UP: &str = "could not replace a replica: no weights";

#[track_caller]
fn assert_gave_up(outcome: Result<()>) {
    let error = outcome.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.to_string().contains(GAVE_UP), "{error}");
}

#[tokio::test]
async fn a_deployment_that_has_lost_its_only_replica_is_unavailable_and_says_why() {
    let in_place = deploy(InPlace::bind(Watched::new(never_again))).await;
    let computing = deploy(Computing::bind(Watched::new(never_again))).await;
    let (in_place, computing) = (in_place.unwrap(), computing.unwrap());
    in_place.run(false).await.unwrap_err();
    computing.run(false).await.unwrap_err();
    // Calls that wait for the successor get the error, and so do later ones.
    assert_gave_up(within(in_place.run(true)).await);
    assert_gave_up(within(computing.run(true)).await);
    assert_gave_up(in_place.run(true).await);
    assert_gave_up(computing.run(true).await);
    // The answer does not say why, as any client may ask.
    for (health, name) in [
        (Deployed::control(&in_place).health(), "InPlace"),
        (Deployed::control(&computing).health(), "Computing"),
    ] {
        let error = health.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable);
        assert_eq!(
            error.message(),
            format!("`{name}` has no replica, and could not build one")
        );
    }
    assert!(
        Deployed::control(&in_place).status()[0]
            .message
            .contains("no weights")
    );
}

fn third_and_later_fail(number: usize) -> Result<()> {
    never_again(number.saturating_sub(1))
}

#[tokio::test]
async fn while_one_replica_is_left_the_deployment_answers() {
    let watched = Watched::new(third_and_later_fail);
    let bound = Computing::bind(watched.clone()).num_replicas(2);
    let app = deploy(bound).await.unwrap();
    app.run(false).await.unwrap_err();
    // It is the sixth attempt that begins after three failures have been noted.
    watched.attempts.reaches(6).await;
    within(app.run(true)).await.unwrap();
    let degraded = Health::Degraded(vec!["Computing".to_owned()]);
    assert_eq!(Deployed::control(&app).health().unwrap(), degraded);
}

/// Calls its handle in the constructor, before that deployment runs.
#[deployment]
struct Impatient;

#[deployment]
impl Impatient {
    async fn new(late: Handle<Late>, seen: Arc<Semaphore>, stage: Stage) -> Result<Self> {
        stage.entered(1).await;
        let mut call = std::pin::pin!(late.run());
        assert!(crate::support::waits(&mut call).await);
        stage.release(1);
        call.await?;
        seen.add_permits(1);
        Ok(Impatient)
    }

    async fn run(&self) {}
}

#[graph]
fn calling_too_early(stage: Stage, seen: Arc<Semaphore>) -> () {
    let late = Late::bind(stage.clone(), Count::new());
    let impatient = Impatient::bind(late, seen, stage);

    input(|| impatient.run())
}

#[tokio::test]
async fn a_call_before_its_deployment_runs_waits_for_it() {
    let seen = Arc::new(Semaphore::new(0));
    let app = within(deploy(calling_too_early(Stage::new(), Arc::clone(&seen)))).await;
    app.unwrap().call().await.unwrap();
    assert_eq!(seen.available_permits(), 1);
}

/// Works on a call until the test releases it.
#[deployment(num_replicas = 2, max_ongoing_requests = 1)]
struct Held {
    stage: Stage,
}

#[deployment]
impl Held {
    fn new(watched: Watched, stage: Stage) -> Result<Self> {
        InPlace::new(watched)?;
        Ok(Held { stage })
    }

    async fn run(&self, fine: bool) {
        assert!(fine, "a panic");
        self.stage.hold().await;
    }
}

// A replica that has not been built has no room: its calls would fail with it.
#[tokio::test]
async fn while_one_replica_is_left_calls_wait_for_it() {
    let (watched, stage) = (Watched::new(third_and_later_fail), Stage::new());
    let app = deploy(Held::bind(watched.clone(), stage.clone())).await;
    let app = app.unwrap();
    app.run(false).await.unwrap_err();
    let calls = async { tokio::join!(app.run(true), app.run(true), app.run(true)) };
    let mut calls = std::pin::pin!(calls);
    assert!(crate::support::waits(&mut calls).await);
    watched.attempts.reaches(5).await;
    stage.release(3);
    let (first, second, third) = within(calls).await;
    first.and(second).and(third).unwrap();
}
