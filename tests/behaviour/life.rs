//! From the start of replicas to their end: each call that has begun is answered, a caller that has gone takes no
//! place, and no call reaches a replica that is broken or shutting down.

use std::pin::pin;
use std::time::Duration;

use serve_runtime::prelude::*;

use crate::shutdown::{Computing, InPlace};
use crate::support::http::{Request, serve_with};
use crate::support::{Count, OnDrop, Stage, waits, within};

#[test]
fn a_bound_deployment_shows_its_name() {
    let bound = Computing::bind(Stage::new(), Count::new()).name("model");
    assert_eq!(format!("{bound:?}"), r#"Bound("model")"#);
    let graph = holding(Stage::new());
    assert_eq!(format!("{graph:?}"), r#"Application("holding")"#);
}

// The jobs of callers that have gone are still in the queue: they must not count when a place is needed.
#[tokio::test]
async fn callers_that_go_away_free_their_places() {
    let stage = Stage::new();
    let bound = Computing::bind(stage.clone(), Count::new()).max_queued_requests(2);
    let app = deploy(bound).await.unwrap();
    let mut one = pin!(app.run(1));
    assert!(waits(&mut one).await);
    stage.entered(1).await;
    for _ in 0..3 {
        let (mut two, mut three) = (Box::pin(app.run(2)), Box::pin(app.run(3)));
        assert!(waits(&mut two).await && waits(&mut three).await, "refused");
    }
    stage.release(1);
}

// A replica must count as free before its answer is sent, not when its thread next asks for a job.
#[tokio::test]
async fn a_replica_that_has_answered_is_free() {
    let stage = Stage::new();
    stage.release(1000);
    let bound = Computing::bind(stage, Count::new()).max_queued_requests(0);
    let app = deploy(bound).await.unwrap();
    for number in 0..1000 {
        assert_eq!(within(app.run(number)).await.unwrap(), number);
    }
}

/// Set after a panic.
#[deployment]
struct Breaking {
    broken: std::sync::atomic::AtomicBool,
}

#[deployment]
impl Breaking {
    fn new() -> Self {
        Breaking {
            broken: false.into(),
        }
    }

    fn break_it(&self) {
        self.broken.store(true, std::sync::atomic::Ordering::SeqCst);
        panic!("broken");
    }

    async fn is_broken(&self) -> bool {
        self.broken.load(std::sync::atomic::Ordering::SeqCst)
    }
}

// The instance must be out of use before the thread answers.
#[tokio::test]
async fn a_caller_that_saw_a_panic_does_not_reach_the_broken_replica() {
    let app = deploy(Breaking::bind()).await.unwrap();
    for _ in 0..100 {
        app.break_it().await.unwrap_err();
        assert!(!within(app.is_broken()).await.unwrap());
    }
}

const UNLUCKY: u32 = 13;

#[deployment]
async fn in_place_function(number: u32) -> u32 {
    assert_ne!(number, UNLUCKY, "unlucky");
    number
}

/// Calls a function through a handle.
#[deployment]
struct FunctionHolder {
    function: Handle<in_place_function>,
}

#[deployment]
impl FunctionHolder {
    fn new(function: Handle<in_place_function>, built: Count) -> Self {
        built.add();
        FunctionHolder { function }
    }

    async fn run(&self, number: u32) -> Result<u32> {
        Ok(self.function.call(number).await.unwrap_or(0))
    }
}

#[graph]
fn held_function(built: Count) -> u32 {
    let function = in_place_function::bind();
    let outer = FunctionHolder::bind(function, built);

    input(|number: u32| outer.run(number))
}

#[tokio::test]
async fn a_panic_in_a_function_behind_a_handle_is_an_error_to_its_caller() {
    let built = Count::new();
    let app = deploy(held_function(built.clone())).await.unwrap();
    assert_eq!(within(app.call(UNLUCKY)).await.unwrap(), 0);
    assert_eq!(built.get(), 1);
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

/// Fails when the other constructor has begun.
#[deployment]
struct Early;

#[deployment]
impl Early {
    async fn new(other: Stage) -> Result<Self> {
        other.entered(1).await;
        Err(Error::upstream("no weights"))
    }

    async fn run(&self, _after: ()) {}
}

#[graph]
fn late_and_early(stage: Stage, dropped: Count) -> () {
    let late = Late::bind(stage.clone(), dropped);
    let early = Early::bind(stage).max_constructor_retry_count(1);

    input(|| early.run(late.run()))
}

// The thread of a replica that is built too late must neither wait for calls nor keep the replica.
#[tokio::test]
async fn a_replica_that_is_built_after_its_application_failed_is_dropped() {
    let (stage, dropped) = (Stage::new(), Count::new());
    let outcome = within(deploy(late_and_early(stage.clone(), dropped.clone()))).await;
    let error = outcome.err().unwrap();
    let expected = "deployment `early` could not be started: no weights";
    assert_eq!(error.to_string(), expected);
    assert_eq!(dropped.get(), 0);
    stage.release(1);
    dropped.reaches(1).await;
}

#[graph]
fn holding(stage: Stage) -> u32 {
    let start = InPlace::bind(stage, Count::new());

    input(|number: u32| start.run(number))
}

// Connections have tasks of their own, which do not end with the server.
#[tokio::test]
async fn a_request_that_outlives_the_grace_period_is_cut_off() {
    let stage = Stage::new();
    let served = serve_with(holding(stage.clone()), |options| {
        options.graceful_shutdown_timeout = Duration::from_millis(10);
    });
    let server = served.await;
    let request = Request::post("/").json(1.into());
    let _under_way = request.start(server.address).await;
    stage.entered(1).await;
    within(server.stop()).await.unwrap().unwrap();
    stage.left().reaches(1).await;
}

/// Its constructor does not return.
#[deployment]
struct Loading;

#[deployment]
impl Loading {
    async fn new(stage: Stage) -> Result<Self> {
        stage.hold().await;
        Ok(Loading)
    }

    async fn run(&self) {}
}

#[graph]
fn loading_graph(stage: Stage) -> () {
    let loading = Loading::bind(stage);

    input(|| loading.run())
}

// tokio would wait for its blocking threads when its runtime is dropped at the end of `main`.
#[test]
fn a_process_that_is_stopped_while_it_starts_does_not_wait_for_its_constructors() {
    let (ended, has_ended) = std::sync::mpsc::channel();
    let stage = Stage::new();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let server =
            serve_runtime::ingress::Server::new().application(loading_graph(stage.clone()));
        let mut options = serve_runtime::ingress::ServerOptions::default();
        options.port = 0;
        let server = server.options(options);
        let entered = async move { stage.entered(1).await };
        runtime.block_on(server.run_until(entered)).unwrap();
        drop(runtime);
        let _ = ended.send(());
    });
    let timeout = std::time::Duration::from_secs(5);
    has_ended.recv_timeout(timeout).unwrap();
}
