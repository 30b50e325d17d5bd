//! Models of replicas that live on threads.

use std::sync::{Arc, Mutex};

use futures_util::FutureExt;
use futures_util::future::join_all;
use serve_runtime::prelude::*;
use tokio::runtime::Handle as Runtime;

use crate::library::{Library, Model, of, wanted};
use crate::support::{Stage, at_once, within};

#[deployment]
struct Translator {
    library: Library,
    stage: Stage,
    order: Order,
}

/// The models in the order in which they were used.
type Order = Arc<Mutex<Vec<String>>>;

#[deployment]
impl Translator {
    fn new(library: Library, stage: Stage, order: Order) -> Self {
        Translator {
            library,
            stage,
            order,
        }
    }

    #[multiplexed(max_num_models_per_replica = 2)]
    fn model(&self, model_id: &str) -> Result<Model> {
        Runtime::current().block_on(self.library.load(model_id))
    }

    fn run(&mut self) -> Result<String> {
        let model = self.model(&wanted())?;
        self.order.lock().unwrap().push(model.id.clone());
        Ok(model.id.clone())
    }

    fn hold(&self) -> usize {
        self.stage.block();
        std::ptr::from_ref(self).addr()
    }
}

#[tokio::test]
async fn four_models_on_two_threads_are_loaded_four_times() {
    let library = Library::new();
    let bound = Translator::bind(library.clone(), Stage::new(), Order::default());
    let app = deploy(bound.num_replicas(2)).await.unwrap();
    for turn in 0..12 {
        for model_id in 0..4 {
            let model_id = ["a", "b", "c", "d"][(model_id * 3 + turn) % 4];
            assert_eq!(app.options(of(model_id)).run().await.unwrap(), model_id);
        }
    }
    assert_eq!(library.loaded().len(), 4, "{:?}", library.loaded());
    assert!(library.dropped().is_empty());
}

/// The replica and its models still work afterwards.
#[tokio::test]
async fn a_panic_in_a_load_on_a_thread_fails_its_call() {
    let library = Library::new();
    let bound = Translator::bind(library.clone(), Stage::new(), Order::default());
    let app = deploy(bound).await.unwrap();
    for model_id in ["a", "cursed", "a"] {
        let called = within(app.options(of(model_id)).run()).await;
        match called {
            Ok(id) => assert_eq!(id, "a"),
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::Panicked);
                assert_eq!(error.message(), "panicked: what a load");
            }
        }
    }
    assert_eq!(library.loaded(), ["a", "cursed"]);
}

/// Queues calls for these models behind a busy thread, and returns the order in which it makes them.
async fn order_of(models: &[&str]) -> (Library, Vec<String>) {
    let (library, stage, order) = (Library::new(), Stage::new(), Order::default());
    let bound = Translator::bind(library.clone(), stage.clone(), Arc::clone(&order));
    let app = deploy(bound).await.unwrap();
    app.options(of("a")).run().await.unwrap();
    order.lock().unwrap().clear();
    let busy = Handle::<Translator>::clone(&app);
    let busy = tokio::spawn(async move { busy.hold().await });
    stage.entered(1).await;
    let mut calls = Vec::new();
    for model_id in models {
        let app = app.options(of(model_id));
        let mut call = async move { app.run().await.unwrap() }.boxed();
        assert!(at_once(&mut call).await.is_none());
        calls.push(call);
    }
    stage.release(1);
    within(join_all(calls)).await;
    within(busy).await.unwrap().unwrap();
    let order = order.lock().unwrap().clone();
    (library, order)
}

#[tokio::test]
async fn a_free_thread_takes_calls_for_its_models_first() {
    let (library, order) = order_of(&["b", "a", "c", "b", "a"]).await;
    assert_eq!(order, ["a", "a", "b", "b", "c"]);
    assert_eq!(library.loaded(), ["a", "b", "c"]);
}

#[tokio::test]
async fn no_call_is_overtaken_for_ever() {
    let mut models = vec!["a"; 30];
    models[0] = "b";
    let (_, order) = order_of(&models).await;
    assert_eq!(order.iter().position(|model| model == "b"), Some(8));
}

#[deployment]
struct Both {
    library: Library,
    stage: Stage,
}

#[deployment]
impl Both {
    fn new(library: Library, stage: Stage) -> Self {
        Both { library, stage }
    }

    #[multiplexed]
    fn model(&self, model_id: &str) -> Result<Model> {
        self.stage.block();
        Runtime::current().block_on(self.library.load(model_id))
    }

    #[multiplexed]
    async fn other(&self, model_id: &str) -> Model {
        self.library.load(model_id).await.unwrap()
    }

    fn on_its_thread(&self) -> Result<String> {
        Ok(self.model(&wanted())?.id.clone())
    }

    async fn in_place(&self) -> Result<String> {
        let other = self.other("other").await?;
        // Here it may block.
        let model = tokio::task::block_in_place(|| self.model(&wanted()))?;
        Ok(format!("{} {}", model.id, other.id))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_called_in_place_and_on_a_thread_loads_once() {
    let (library, stage) = (Library::new(), Stage::new());
    let bound = Both::bind(library.clone(), stage.clone());
    let app = deploy(bound).await.unwrap();
    let (one, two) = (app.options(of("a")), app.options(of("a")));
    let one = tokio::spawn(async move { one.on_its_thread().await });
    stage.entered(1).await;
    let two = tokio::spawn(async move { two.in_place().await });
    stage.release(2);
    assert_eq!(within(one).await.unwrap().unwrap(), "a");
    assert_eq!(within(two).await.unwrap().unwrap(), "a other");
    assert_eq!(library.loaded().iter().filter(|id| *id == "a").count(), 1);
}
