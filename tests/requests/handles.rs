//! Calls through handles: their options, and that they are ordinary futures.

use std::time::Duration;

use serve_runtime::ErrorKind;
use serve_runtime::prelude::*;
use tokio::time::{Instant, sleep};

use crate::clock::ms;

#[deployment]
struct Sleeper;

#[deployment]
impl Sleeper {
    fn new() -> Self {
        Sleeper
    }

    async fn sleep(&self, takes_ms: u64) -> Option<String> {
        sleep(ms(takes_ms)).await;
        Request::current().model_id().map(str::to_owned)
    }

    /// Not the method `options` that every handle has.
    async fn options(&self, number: u64) -> u64 {
        number
    }
}

#[deployment]
fn model_on_a_thread() -> Option<String> {
    Request::current().model_id().map(str::to_owned)
}

/// Every kind of engine, and a graph.
#[deployment(max_ongoing_requests = 2)]
async fn limited(takes_ms: u64) -> Option<String> {
    sleep(ms(takes_ms)).await;
    Request::current().model_id().map(str::to_owned)
}

#[deployment]
async fn bare(takes_ms: &u64) -> Option<String> {
    sleep(ms(*takes_ms)).await;
    Request::current().model_id().map(str::to_owned)
}

#[deployment]
async fn generic<T: Send + Sync + Clone + 'static>(value: T) -> T {
    value
}

type ModelIds = (Option<String>, Option<String>, Option<String>);

#[graph]
fn models() -> ModelIds {
    let sleeper = Sleeper::bind();
    input(|takes_ms: u64| {
        (
            sleeper.sleep(takes_ms),
            model_on_a_thread(),
            limited(takes_ms),
        )
    })
}

/// Has no thread, as a paused clock does not wait for threads.
#[graph]
fn models_in_place() -> (Option<String>, Option<String>) {
    let sleeper = Sleeper::bind();
    input(|takes_ms: u64| (sleeper.sleep(takes_ms), limited(takes_ms)))
}

fn options(timeout_ms: u64) -> CallOptions {
    CallOptions::new().timeout(Duration::from_millis(timeout_ms))
}

#[track_caller]
fn assert_late<T: std::fmt::Debug>(outcome: Result<T>, began: Instant, after_ms: u64) {
    let error = outcome.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::DeadlineExceeded);
    assert_eq!(began.elapsed(), ms(after_ms));
}

#[tokio::test(start_paused = true)]
async fn a_timeout_ends_a_call_of_any_engine() {
    let sleeper = deploy(Sleeper::bind()).await.unwrap();
    let (limited, bare) = (
        deploy(limited::bind()).await.unwrap(),
        deploy(bare::bind()).await.unwrap(),
    );
    let graph = deploy(models_in_place()).await.unwrap();
    let now = Instant::now();
    let hurried = HandleOptions::options(Deployed::handle(&sleeper), options(20));
    assert_late(hurried.sleep(30).await, now, 20);
    assert_late(limited.options(options(20)).call(30).await, now, 40);
    assert_late(bare.options(options(20)).call(30.into()).await, now, 60);
    let error = graph.options(options(20)).call(30).await.unwrap_err();
    assert_eq!(error.node(), Some("sleeper.sleep"));
    assert_late::<()>(Err(error), now, 80);
    // The handle itself is unchanged.
    assert_eq!(sleeper.sleep(30).await.unwrap(), None);
    assert!(hurried.sleep(19).await.is_ok());
}

#[tokio::test]
async fn a_model_id_reaches_every_node() {
    let graph = deploy(models()).await.unwrap();
    let french = graph.options(CallOptions::new().model_id("fr"));
    let fr = || Some("fr".to_owned());
    assert_eq!(french.call(0).await.unwrap(), (fr(), fr(), fr()));
    assert_eq!(graph.call(0).await.unwrap(), (None, None, None));
    let slow = french.options(options(1_000));
    assert_eq!(slow.call(0).await.unwrap().1, fr(), "options add up");
    let german = slow.options(CallOptions::new().model_id("de"));
    assert_eq!(german.call(0).await.unwrap().1.unwrap(), "de");
}

#[tokio::test]
async fn a_users_own_method_called_options_stays() {
    let sleeper = deploy(Sleeper::bind()).await.unwrap();
    assert_eq!(sleeper.options(7).await.unwrap(), 7);
}

#[tokio::test]
async fn a_timeout_of_zero_is_an_error_that_names_it() {
    let graph = deploy(models()).await.unwrap();
    let none = graph.options(CallOptions::new().timeout(Duration::ZERO));
    let error = none.call(0).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert_eq!(error.to_string(), "`timeout` must be longer than 0");
}

/// A node that calls through a handle with options of its own.
#[deployment]
struct Hurrying {
    sleeper: Handle<Sleeper>,
}

#[deployment]
impl Hurrying {
    fn new(sleeper: Handle<Sleeper>) -> Self {
        let hurry = options(20).model_id("inner");
        Hurrying {
            sleeper: HandleOptions::options(&sleeper, hurry),
        }
    }

    async fn run(&self, takes_ms: u64) -> Result<Option<String>> {
        self.sleeper.sleep(takes_ms).await
    }
}

#[graph(request_timeout_s = 0.01)]
fn in_a_hurry() -> Option<String> {
    let sleeper = Sleeper::bind();
    let hurrying = Hurrying::bind(sleeper);
    input(|takes_ms: u64| hurrying.run(takes_ms))
}

#[tokio::test(start_paused = true)]
async fn a_handle_in_a_node_keeps_its_options_and_the_requests_earlier_deadline() {
    let app = deploy(in_a_hurry()).await.unwrap();
    assert_eq!(app.call(5).await.unwrap().unwrap(), "inner");
    let now = Instant::now();
    assert_late(app.call(15).await, now, 10);
}

/// Any handle can be sent, shared and cloned, and so can its options.
#[test]
fn handles_are_send_sync_and_clone() {
    fn check<T: Send + Sync + Clone + HandleOptions + 'static>() {}
    check::<Handle<Sleeper>>();
    check::<Handle<model_on_a_thread>>();
    check::<Handle<limited>>();
    check::<Handle<bare>>();
    check::<Handle<generic<Vec<u8>>>>();
    check::<ModelsGraphHandle>();
    check::<Handle<OnItsThread>>();
    fn sends<F: Send>(_: &F) {}
    async fn calls(handle: ModelsGraphHandle) {
        let handle = handle.options(CallOptions::new());
        sends(&handle.call(1));
        let _ = handle.call(1).await;
    }
    let _ = |handle| sends(&calls(handle));
}

/// Its replicas are neither `Send` nor `Sync`; its handle is.
#[deployment]
struct OnItsThread(#[allow(dead_code)] std::rc::Rc<u8>);

#[deployment]
impl OnItsThread {
    #[allow(dead_code)]
    fn new() -> Self {
        OnItsThread(std::rc::Rc::new(0))
    }

    fn run(&self) -> u8 {
        0
    }
}
