//! Calls in place go to a replica that has their model.

use futures_util::future::join_all;
use serve_runtime::prelude::*;

use crate::library::{Library, Model, of, wanted};
use crate::support::{Stage, within};

#[deployment(num_replicas = 2)]
struct Translator {
    library: Library,
    stage: Stage,
}

#[deployment]
impl Translator {
    fn new(library: Library, stage: Stage) -> Self {
        Translator { library, stage }
    }

    #[multiplexed(max_num_models_per_replica = 2)]
    async fn model(&self, model_id: &str) -> Result<Model> {
        self.library.load(model_id).await
    }

    async fn run(&self) -> Result<String> {
        Ok(self.model(&wanted()).await?.id.clone())
    }

    async fn hold(&self) -> Result<String> {
        let model = self.model(&wanted()).await?;
        self.stage.hold().await;
        Ok(model.id.clone())
    }

    async fn idle(&self) -> usize {
        self.stage.hold().await;
        std::ptr::from_ref(self).addr()
    }
}

const MODELS: [&str; 4] = ["a", "b", "c", "d"];

#[tokio::test]
async fn four_models_on_two_replicas_are_loaded_four_times() {
    let library = Library::new();
    let app = deploy(Translator::bind(library.clone(), Stage::new()));
    let app = app.await.unwrap();
    for turn in 0..12 {
        for model_id in 0..4 {
            // Each time in another order.
            let model_id = MODELS[(model_id * 3 + turn) % 4];
            assert_eq!(app.options(of(model_id)).run().await.unwrap(), model_id);
        }
    }
    assert_eq!(library.loaded().len(), 4, "{:?}", library.loaded());
    assert!(library.dropped().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn calls_that_arrive_at_the_same_time_go_to_one_replica() {
    let library = Library::new();
    let app = deploy(Translator::bind(library.clone(), Stage::new()));
    let app = app.await.unwrap();
    let calls = (0..400).map(|call| {
        let app = app.options(of(MODELS[call % 4]));
        tokio::spawn(async move { app.run().await.unwrap() })
    });
    within(join_all(calls)).await;
    // Which model goes to which replica first is open, but no model goes to both while it is kept.
    assert_eq!(library.loaded().len(), 4, "{:?}", library.loaded());
}

#[tokio::test]
async fn a_call_goes_to_another_replica_if_the_one_with_its_model_has_no_room() {
    let (library, stage) = (Library::new(), Stage::new());
    let bound = Translator::bind(library.clone(), stage.clone()).max_ongoing_requests(1);
    let app = deploy(bound).await.unwrap();
    let held = app.options(of("a"));
    let held = tokio::spawn(async move { held.hold().await });
    stage.entered(1).await;
    assert_eq!(within(app.options(of("a")).run()).await.unwrap(), "a");
    assert_eq!(library.loaded(), ["a", "a"]);
    stage.release(1);
    within(held).await.unwrap().unwrap();
}

#[tokio::test]
async fn calls_without_a_model_go_to_the_least_loaded() {
    let (library, stage) = (Library::new(), Stage::new());
    let app = deploy(Translator::bind(library, stage.clone()))
        .await
        .unwrap();
    app.options(of("a")).run().await.unwrap();
    let calls = (0..4).map(|_| {
        let app = Handle::<Translator>::clone(&app);
        tokio::spawn(async move { app.idle().await.unwrap() })
    });
    let calls: Vec<_> = calls.collect();
    stage.entered(4).await;
    stage.release(4);
    let mut at: Vec<usize> = within(join_all(calls))
        .await
        .into_iter()
        .map(|call| call.unwrap())
        .collect();
    at.sort_unstable();
    assert_eq!(at[0], at[1]);
    assert_eq!(at[2], at[3]);
    assert_ne!(at[1], at[2]);
}
