//! One load at a time, and the calls that wait for it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::join_all;
use serve_runtime::Deployed;
use serve_runtime::prelude::*;

use crate::library::{Library, Model, of, wanted};
use crate::support::{Stage, at_once, others_make_progress, within};

#[deployment]
struct Translator {
    library: Library,
}

#[deployment]
impl Translator {
    fn new(library: Library) -> Self {
        Translator { library }
    }

    #[multiplexed]
    async fn model(&self, model_id: &str) -> Result<Model> {
        self.library.load(model_id).await
    }

    async fn run(&self) -> Result<String> {
        Ok(self.model(&wanted()).await?.id.clone())
    }
}

type Call = std::pin::Pin<Box<dyn Future<Output = Result<String>> + Send>>;

/// Starts calls for a model, and returns them in flight.
async fn in_flight(app: &Handle<Translator>, model_id: &str) -> Vec<Call> {
    let call = |_| -> Call {
        let app = app.options(of(model_id));
        Box::pin(async move { app.run().await })
    };
    let mut calls: Vec<Call> = (0..3).map(call).collect();
    for call in &mut calls {
        assert!(at_once(call).await.is_none());
    }
    calls
}

async fn deployed() -> (Library, Stage, Deployed<Handle<Translator>>) {
    let stage = Stage::new();
    let library = Library::guarded_by(&stage);
    let app = deploy(Translator::bind(library.clone())).await.unwrap();
    (library, stage, app)
}

#[tokio::test]
async fn calls_for_one_model_wait_for_one_load() {
    let (library, stage, app) = deployed().await;
    let calls = in_flight(&app, "a").await;
    stage.release(1);
    for result in within(join_all(calls)).await {
        assert_eq!(result.unwrap(), "a");
    }
    assert_eq!(library.loaded(), ["a"]);
}

#[tokio::test]
async fn different_models_are_loaded_side_by_side_as_far_as_there_is_room() {
    let (library, stage, app) = deployed().await;
    // One model more than may be kept.
    let mut calls = Vec::new();
    for model_id in ["a", "b", "c", "d"] {
        calls.extend(in_flight(&app, model_id).await);
    }
    stage.entered(3).await;
    others_make_progress().await;
    assert_eq!(library.loaded(), ["a", "b", "c"]);
    stage.release(4);
    within(join_all(calls)).await;
    assert_eq!(library.loaded(), ["a", "b", "c", "d"]);
    assert_eq!(library.dropped(), ["a"]);
}

#[tokio::test]
async fn a_failed_load_fails_all_that_wait_and_is_tried_again() {
    let (library, stage, app) = deployed().await;
    for loads in 1..=2 {
        let calls = in_flight(&app, "broken").await;
        stage.release(1);
        for result in within(join_all(calls)).await {
            let error = result.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Failed);
            assert_eq!(error.message(), "no such model");
        }
        assert_eq!(library.loaded().len(), loads);
    }
}

#[tokio::test]
async fn a_panic_in_a_load_fails_all_calls_that_wait() {
    let (library, stage, app) = deployed().await;
    let calls = in_flight(&app, "cursed").await;
    stage.release(1);
    for result in within(join_all(calls)).await {
        let error = result.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Panicked);
        assert_eq!(error.message(), "panicked: what a load");
    }
    // The replica and its cache still work.
    let calls = in_flight(&app, "a").await;
    stage.release(1);
    within(join_all(calls)).await;
    assert_eq!(library.loaded(), ["cursed", "a"]);
    assert_eq!(app.options(of("a")).run().await.unwrap(), "a");
}

#[tokio::test]
async fn a_load_goes_on_if_the_call_that_began_it_goes_away() {
    let (library, stage, app) = deployed().await;
    let mut calls = in_flight(&app, "a").await;
    stage.entered(1).await;
    drop(calls.remove(0));
    stage.release(1);
    for result in within(join_all(calls)).await {
        assert_eq!(result.unwrap(), "a");
    }
    assert_eq!(library.loaded(), ["a"]);
}

#[tokio::test]
async fn a_load_goes_on_if_every_call_goes_away_and_the_model_is_kept() {
    let (library, stage, app) = deployed().await;
    drop(in_flight(&app, "a").await);
    stage.entered(1).await;
    stage.release(1);
    stage.left().reaches(1).await;
    assert_eq!(within(app.options(of("a")).run()).await.unwrap(), "a");
    assert_eq!(library.loaded(), ["a"]);
}

#[tokio::test]
async fn a_shutdown_waits_for_the_loads_that_calls_wait_for_and_for_no_others() {
    let (library, stage, app) = deployed().await;
    drop(in_flight(&app, "unwanted").await);
    let wanted = in_flight(&app, "wanted").await;
    stage.entered(2).await;
    let shutdown = tokio::spawn(Deployed::shutdown(app));
    // That load has been given up.
    stage.left().reaches(1).await;
    stage.release(1);
    for result in within(join_all(wanted)).await {
        assert_eq!(result.unwrap(), "wanted");
    }
    within(shutdown).await.unwrap();
    assert_eq!(library.loaded(), ["unwanted", "wanted"]);
    assert_eq!(library.dropped(), ["wanted"]);
}

/// What a load sees of the request that began it.
type Seen = (Option<String>, bool, bool);

#[deployment]
struct Looking {
    stage: Stage,
    seen: Arc<Mutex<Vec<Seen>>>,
    changes: u32,
}

#[deployment]
impl Looking {
    fn new(stage: Stage, seen: Arc<Mutex<Vec<Seen>>>) -> Self {
        let changes = 0;
        Looking {
            stage,
            seen,
            changes,
        }
    }

    #[multiplexed]
    async fn model(&self, model_id: &str) -> u32 {
        self.stage.hold().await;
        let request = Request::current();
        let id = request.model_id().map(str::to_owned);
        let seen = (id, request.deadline().is_some(), request.is_cancelled());
        self.seen.lock().unwrap().push(seen);
        self.changes + model_id.len() as u32
    }

    async fn run(&self) -> Result<u32> {
        Ok(*self.model(&wanted()).await?)
    }

    async fn change(&mut self) -> Result<u32> {
        self.changes += 100;
        Ok(*self.model(&wanted()).await?)
    }
}

#[tokio::test(start_paused = true)]
async fn a_load_has_no_deadline_and_ends_after_that_of_the_call_that_began_it() {
    let (stage, seen) = (Stage::new(), Arc::default());
    let app = deploy(Looking::bind(stage.clone(), Arc::clone(&seen))).await;
    let app = app.unwrap();
    let late = app.options(of("a").timeout(Duration::from_millis(300)));
    let error = late.run().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::DeadlineExceeded);
    // The load reads the replica, so that this call waits for it.
    let mut change = Box::pin(app.change());
    assert!(at_once(&mut change).await.is_none());
    stage.release(2);
    assert_eq!(within(change).await.unwrap(), 104);
    assert_eq!(within(app.options(of("a")).run()).await.unwrap(), 1);
    let seen = seen.lock().unwrap();
    assert_eq!(seen[0], (Some("a".to_owned()), false, false));
    assert_eq!(seen.len(), 2);
}
