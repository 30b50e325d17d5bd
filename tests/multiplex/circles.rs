//! Loaders that ask for other models.

use futures_util::future::join;
use serve_runtime::prelude::*;
use tokio::runtime::Handle as Runtime;

use crate::library::{Library, Model, of, wanted};
use crate::support::{Stage, at_once, within};

/// The models that a model needs.
fn needs(model_id: &str) -> Option<&'static str> {
    match model_id {
        "adapter" => Some("base"),
        "self" => Some("self"),
        "one" => Some("two"),
        "two" => Some("three"),
        "three" => Some("two"),
        "left" => Some("right"),
        "right" => Some("left"),
        _ => None,
    }
}

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
        let model = self.library.load(model_id).await?;
        if let Some(other) = needs(model_id) {
            Box::pin(self.model(other)).await?;
        }
        Ok(model)
    }

    async fn run(&self) -> Result<String> {
        Ok(self.model(&wanted()).await?.id.clone())
    }
}

#[deployment]
struct Machine {
    library: Library,
}

#[deployment]
impl Machine {
    fn new(library: Library) -> Self {
        Machine { library }
    }

    #[multiplexed]
    fn model(&self, model_id: &str) -> Result<Model> {
        if let Some(other) = needs(model_id) {
            self.tokens(other)?;
        }
        Runtime::current().block_on(self.library.load(model_id))
    }

    /// For a model that is loaded, or is being loaded.
    #[multiplexed]
    fn tokens(&self, model_id: &str) -> Result<usize> {
        Ok(self.model(model_id)?.id.len())
    }

    fn run(&self) -> Result<String> {
        Ok(self.model(&wanted())?.id.clone())
    }
}

const HELP: &str = "help: a model may be loaded with the help of others, but not of itself";

#[tokio::test]
async fn a_loader_may_ask_for_another_model() {
    let library = Library::new();
    let app = deploy(Translator::bind(library.clone())).await.unwrap();
    assert_eq!(
        within(app.options(of("adapter")).run()).await.unwrap(),
        "adapter"
    );
    assert_eq!(library.loaded(), ["adapter", "base"]);
}

#[tokio::test]
async fn a_loader_that_asks_for_its_own_model_is_refused() {
    let library = Library::new();
    let app = deploy(Translator::bind(library.clone())).await.unwrap();
    for (model_id, round) in [
        ("self", r#"`model("self")` -> `model("self")`"#),
        (
            "one",
            r#"`model("two")` -> `model("three")` -> `model("two")`"#,
        ),
    ] {
        let error = within(app.options(of(model_id)).run()).await.unwrap_err();
        assert_eq!(
            error.message(),
            format!("a loader of `Translator` waits for itself: {round}\n{HELP}")
        );
    }
    // Nothing of the failed load remains.
    assert_eq!(within(app.options(of("x")).run()).await.unwrap(), "x");
    assert_eq!(library.dropped(), ["self", "three", "two", "one"]);
}

#[tokio::test]
async fn two_calls_whose_loads_wait_for_each_other_are_refused() {
    let stage = Stage::new();
    let library = Library::guarded_by(&stage);
    let app = deploy(Translator::bind(library.clone())).await.unwrap();
    let (left, right) = (app.options(of("left")), app.options(of("right")));
    let mut both = Box::pin(join(left.run(), right.run()));
    assert!(at_once(&mut both).await.is_none());
    stage.entered(2).await;
    assert_eq!(library.loaded(), ["left", "right"]);
    stage.release(2);
    let (left, right) = within(both).await;
    // The first to wait gets the error of the other.
    for error in [left.unwrap_err(), right.unwrap_err()] {
        let message = error.message();
        assert!(
            message.contains(
                "waits for itself: `model(\"right\")` -> `model(\"left\")` -> `model(\"right\")`"
            ) || message.contains(
                "waits for itself: `model(\"left\")` -> `model(\"right\")` -> `model(\"left\")`"
            ),
            "{message}"
        );
    }
}

#[tokio::test]
async fn two_loaders_on_a_thread_that_call_each_other_are_refused() {
    let library = Library::new();
    let app = deploy(Machine::bind(library.clone())).await.unwrap();
    let error = within(app.options(of("self")).run()).await.unwrap_err();
    let round = r#"`model("self")` -> `tokens("self")` -> `model("self")`"#;
    assert_eq!(
        error.message(),
        format!("a loader of `Machine` waits for itself: {round}\n{HELP}")
    );
    assert_eq!(
        within(app.options(of("adapter")).run()).await.unwrap(),
        "adapter"
    );
    assert_eq!(library.loaded(), ["base", "adapter"]);
}
