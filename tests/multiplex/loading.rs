//! One load at a time, and the calls that wait for it.

use futures_util::future::join_all;
use serve_runtime::Deployed;
use serve_runtime::prelude::*;

use crate::library::{Library, Model, of, wanted};
use crate::support::{Stage, at_once, within};

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
async fn different_models_are_loaded_side_by_side() {
    let (library, stage, app) = deployed().await;
    // One model more than may be kept.
    let mut calls = Vec::new();
    for model_id in ["a", "b", "c", "d"] {
        calls.extend(in_flight(&app, model_id).await);
    }
    assert_eq!(library.loaded(), ["a", "b", "c", "d"]);
    stage.release(4);
    within(join_all(calls)).await;
    assert_eq!(library.loaded().len(), 4);
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
async fn if_the_loading_call_goes_away_another_one_loads() {
    let (library, stage, app) = deployed().await;
    let mut calls = in_flight(&app, "a").await;
    drop(calls.remove(0));
    let results = tokio::spawn(join_all(calls));
    // The first has entered as well.
    stage.entered(2).await;
    stage.release(1);
    for result in within(results).await.unwrap() {
        assert_eq!(result.unwrap(), "a");
    }
    assert_eq!(library.loaded(), ["a", "a"]);
}
