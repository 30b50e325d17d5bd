//! Which models a replica keeps.

use serve_runtime::prelude::*;

use crate::library::{Library, Model, of, wanted};
use crate::support::{Stage, at_once, others_make_progress, within};

#[deployment]
struct Translator {
    library: Library,
    using: Stage,
}

#[deployment]
impl Translator {
    fn new(library: Library, using: Stage) -> Self {
        Translator { library, using }
    }

    /// Keeps two models at a time.
    #[multiplexed(max_num_models_per_replica = 2)]
    async fn model(&self, model_id: &str) -> Result<Model> {
        self.library.load(model_id).await
    }

    async fn run(&self) -> Result<String> {
        Ok(self.model(&wanted()).await?.id.clone())
    }

    async fn keep_using(&self) -> Result<String> {
        let model = self.model(&wanted()).await?;
        self.using.hold().await;
        Ok(model.id.clone())
    }

    async fn hand_on(&self) -> Result<Shared<Model>> {
        self.model(&wanted()).await
    }

    async fn use_both(&self, first: &str, second: &str) -> Result<String> {
        let first = self.model(first).await?;
        self.using.hold().await;
        let second = self.model(second).await?;
        Ok(format!("{} {}", first.id, second.id))
    }
}

#[tokio::test]
async fn the_least_recently_used_model_is_dropped_first() {
    let library = Library::new();
    let app = deploy(Translator::bind(library.clone(), Stage::new()));
    let app = app.await.unwrap();
    for model_id in ["a", "b", "a", "c", "a", "b"] {
        assert_eq!(app.options(of(model_id)).run().await.unwrap(), model_id);
    }
    assert_eq!(library.loaded(), ["a", "b", "c", "b"]);
    assert_eq!(library.dropped(), ["b", "c"]);
}

#[tokio::test]
async fn a_model_in_use_is_not_dropped_to_make_room() {
    let (library, using) = (Library::new(), Stage::new());
    let app = deploy(Translator::bind(library.clone(), using.clone()));
    let app = app.await.unwrap();
    let slow = app.options(of("a"));
    let call = tokio::spawn(async move { slow.keep_using().await });
    using.entered(1).await;
    for model_id in ["b", "c"] {
        app.options(of(model_id)).run().await.unwrap();
    }
    // Of the two that are there, it is the one that was used least recently.
    assert_eq!(library.dropped(), ["b"]);
    using.release(1);
    assert_eq!(within(call).await.unwrap().unwrap(), "a");
    app.options(of("d")).run().await.unwrap();
    assert_eq!(library.dropped(), ["b", "a"]);
}

#[tokio::test]
async fn there_are_never_more_models_than_the_maximum_those_in_use_included() {
    let (library, using) = (Library::new(), Stage::new());
    let app = deploy(Translator::bind(library.clone(), using.clone()));
    let app = app.await.unwrap();
    let mut calls = Vec::new();
    for model_id in 0..6 {
        let handle = app.options(of(&model_id.to_string()));
        calls.push(tokio::spawn(async move { handle.keep_using().await }));
    }
    using.entered(2).await;
    for served in 0..6 {
        others_make_progress().await;
        let alive = library.loaded().len() - library.dropped().len();
        assert_eq!((alive, using.left().get()), (2, served));
        using.release(1);
        using.left().reaches(served + 1).await;
    }
    for call in calls {
        within(call).await.unwrap().unwrap();
    }
}

/// Each of two calls uses a model, and asks for the other's neighbour: if they waited, it would be for ever.
#[tokio::test]
async fn a_call_that_uses_a_model_does_not_wait_for_another_one() {
    let (library, using) = (Library::new(), Stage::new());
    let app = deploy(Translator::bind(library.clone(), using.clone()));
    let app = app.await.unwrap();
    let both = |first: &str, second: &str| {
        let (first, second) = (first.to_owned(), second.to_owned());
        let app = app.clone();
        tokio::spawn(async move { app.use_both(first.into(), second.into()).await })
    };
    let (one, other) = (both("a", "c"), both("b", "d"));
    using.entered(2).await;
    // It uses none, so it waits; the model that it waits for may be one that those calls ask for.
    let third = app.options(of("c"));
    let third = tokio::spawn(async move { third.run().await });
    others_make_progress().await;
    assert_eq!(library.loaded(), ["a", "b"]);
    using.release(2);
    within(one).await.unwrap().unwrap();
    within(other).await.unwrap().unwrap();
    within(third).await.unwrap().unwrap();
    // What is above the maximum goes when it is not in use.
    assert_eq!(library.loaded().len() - library.dropped().len(), 2);
}

/// They may be arguments of the very call that would wait for them.
#[tokio::test]
async fn models_that_calls_have_handed_on_are_not_waited_for() {
    let library = Library::new();
    let app = deploy(Translator::bind(library.clone(), Stage::new()));
    let app = app.await.unwrap();
    let mut kept = Vec::new();
    for model_id in ["a", "b", "c"] {
        kept.push(within(app.options(of(model_id)).hand_on()).await.unwrap());
    }
    assert_eq!(library.dropped(), [""; 0]);
    drop(kept);
    assert_eq!(library.dropped(), ["a"]);
}

/// There are never more models than may be kept.
#[tokio::test]
async fn a_model_is_dropped_before_another_one_is_loaded() {
    let stage = Stage::new();
    let library = Library::guarded_by(&stage);
    stage.release(2);
    let app = deploy(Translator::bind(library.clone(), Stage::new()));
    let app = app.await.unwrap();
    for model_id in ["a", "b"] {
        within(app.options(of(model_id)).run()).await.unwrap();
    }
    let third = app.options(of("c"));
    let mut third = Box::pin(third.run());
    assert!(at_once(&mut third).await.is_none());
    stage.entered(3).await;
    assert_eq!(library.loaded(), ["a", "b", "c"]);
    assert_eq!(library.dropped(), ["a"]);
    stage.release(1);
    within(third).await.unwrap();
}

#[tokio::test]
async fn models_are_dropped_with_their_replica() {
    let library = Library::new();
    let deployed = deploy(Translator::bind(library.clone(), Stage::new()));
    let deployed = deployed.await.unwrap();
    deployed.options(of("a")).run().await.unwrap();
    within(Deployed::shutdown(deployed)).await;
    assert_eq!(library.dropped(), ["a"]);
}

#[tokio::test]
async fn a_loader_called_directly_loads() {
    let library = Library::new();
    let translator = Translator::new(library.clone(), Stage::new());
    assert_eq!(translator.model("a").await.unwrap().id, "a");
    assert_eq!(translator.run().await.unwrap(), "none");
    assert_eq!(library.loaded(), ["a", "none"]);
    assert_eq!(library.dropped(), ["a", "none"]);
    let error = translator.model("cursed").await.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Panicked);
}

/// What it loads depends on its configuration.
#[deployment]
struct Configured {
    library: Library,
    suffix: String,
}

#[deployment]
impl Configured {
    fn new(library: Library) -> Self {
        Configured {
            library,
            suffix: String::new(),
        }
    }

    fn reconfigure(&mut self, suffix: String) {
        self.suffix = suffix;
    }

    #[multiplexed]
    async fn model(&self, model_id: &str) -> Result<Model> {
        self.library
            .load(&format!("{model_id}{}", self.suffix))
            .await
    }

    async fn run(&self) -> Result<String> {
        Ok(self.model(&wanted()).await?.id.clone())
    }
}

#[graph]
fn of_a_configuration(library: Library) -> String {
    let translator = Configured::bind(library).user_config("1".to_owned());
    input(|| translator.run())
}

#[tokio::test]
async fn models_stay_when_a_deployment_is_reconfigured_and_are_dropped_when_it_is_updated() {
    let library = Library::new();
    let app = deploy(of_a_configuration(library.clone())).await.unwrap();
    let run = async |model_id| app.options(of(model_id)).call().await.unwrap();
    assert_eq!(run("a").await, "a1");
    let translator = Deployed::control(&app)
        .deployment::<Configured>("translator")
        .unwrap();
    within(translator.reconfigure("2".to_owned()))
        .await
        .unwrap();
    assert_eq!(run("a").await, "a1");
    assert_eq!(run("b").await, "b2");
    let update = Configured::bind(library.clone()).user_config("3".to_owned());
    within(translator.update(update)).await.unwrap();
    assert_eq!(run("a").await, "a3");
}
