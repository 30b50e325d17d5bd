//! Who is told of a panic, and which replica is replaced for it: the table of `docs/guide/operations.md`.

use std::fmt;

use serve_runtime::prelude::*;

use crate::support::{Count, Stage, waits, within};

/// Panics when it is dropped, if it says so.
#[derive(Clone)]
pub struct Fragile(bool);

impl Drop for Fragile {
    fn drop(&mut self) {
        assert!(!self.0, "dropped");
    }
}

fn cost(text: &str) -> usize {
    text.parse().expect("a number")
}

fn group(text: &str) -> bool {
    assert_ne!(text, "2", "no such group");
    true
}

#[deployment(max_queued_requests = 0)]
struct Model {
    stage: Stage,
}

#[deployment]
impl Model {
    fn new(stage: Stage, built: Count) -> Self {
        built.add();
        Model { stage }
    }

    #[batch(cost = cost, group_by = group, max_batch_cost = 10)]
    fn run(&self, texts: Vec<String>) -> Vec<String> {
        texts
    }

    fn hold(&self, _fragile: &Fragile) {
        self.stage.block();
    }
}

#[deployment]
struct InPlace {
    stage: Stage,
}

#[deployment]
impl InPlace {
    fn new(stage: Stage, built: Count) -> Self {
        built.add();
        InPlace { stage }
    }

    async fn look(&self, _fragile: &Fragile) -> u32 {
        7
    }

    async fn hold(&self, fragile: Fragile) {
        self.stage.hold().await;
        drop(fragile);
    }
}

/// Its methods return what they are told of.
#[deployment]
struct Caller {
    model: Handle<Model>,
    in_place: Handle<InPlace>,
    stage: Stage,
}

#[deployment]
impl Caller {
    fn new(model: Handle<Model>, in_place: Handle<InPlace>, stage: Stage, built: Count) -> Self {
        built.add();
        Caller {
            model,
            in_place,
            stage,
        }
    }

    async fn run(&self, what: String) -> String {
        let fragile = |fragile| Shared::new(Fragile(fragile));
        match &*what {
            "be refused" => {
                let mut held = Box::pin(self.model.hold(fragile(false)));
                assert!(waits(&mut held).await);
                let told = told(self.model.hold(fragile(true)).await);
                self.stage.release(1);
                within(held).await.unwrap();
                told
            }
            "look" => told(self.in_place.look(fragile(true)).await),
            "give up" => {
                let mut call = Box::pin(self.in_place.hold(Fragile(true)));
                assert!(waits(&mut call).await);
                drop(call);
                "given up".to_owned()
            }
            text => told(self.model.run(text.to_owned()).await),
        }
    }
}

fn told<T: fmt::Debug>(result: Result<T>) -> String {
    match result {
        Ok(result) => format!("{result:?}"),
        Err(error) => format!("{:?}: {error}", error.kind()),
    }
}

#[graph]
fn called(stage: Stage, built: [Count; 3]) -> String {
    let model = Model::bind(stage.clone(), built[0].clone());
    let in_place = InPlace::bind(stage.clone(), built[1].clone());
    let caller = Caller::bind(model, in_place, stage, built[2].clone());
    input(|what: String| caller.run(what))
}

/// What a caller is told, and how many replicas of the three deployments have been built by the end.
async fn told_of(what: &str) -> String {
    let (stage, built) = (Stage::new(), [Count::new(), Count::new(), Count::new()]);
    let app = deploy(called(stage, built.clone())).await.unwrap();
    let told = within(app.call(what.to_owned())).await.unwrap();
    // Whatever is to be replaced has been.
    assert_eq!(within(app.call("1".to_owned())).await.unwrap(), "\"1\"");
    within(Deployed::shutdown(app)).await;
    assert_eq!(built.map(|built| built.get()), [1, 1, 1]);
    told
}

#[tokio::test]
async fn a_panic_of_a_batch_s_cost_or_group_fails_its_call_and_costs_no_replica() {
    assert_eq!(
        told_of("x").await,
        "Panicked: `model.run`: `cost` of `Model.run` panicked: a number: ParseIntError { kind: InvalidDigit }"
    );
    let told = told_of("2").await;
    let start = "Panicked: `model.run`: `group_by` of `Model.run` panicked: ";
    assert!(
        told.starts_with(start) && told.contains("no such group"),
        "{told}"
    );
}

#[tokio::test]
async fn a_drop_that_panics_after_the_answer_costs_no_replica() {
    assert_eq!(told_of("look").await, "7");
    assert_eq!(told_of("give up").await, "given up");
}

#[tokio::test]
async fn a_drop_that_panics_does_not_replace_the_error_of_a_refused_call() {
    let told = told_of("be refused").await;
    assert!(told.starts_with("Overloaded: "), "{told}");
}

/// An error that cannot be written.
#[derive(Debug)]
struct Unspeakable;

impl fmt::Display for Unspeakable {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("no words")
    }
}

impl std::error::Error for Unspeakable {}

#[deployment(max_constructor_retry_count = 1)]
struct Broken;

#[deployment]
impl Broken {
    fn new() -> Result<Self, Unspeakable> {
        Err(Unspeakable)
    }

    async fn run(&self) {}
}

#[tokio::test]
async fn an_error_that_panics_when_it_is_written_ends_nothing_but_its_text() {
    let error = within(deploy(Broken::bind())).await.unwrap_err();
    let told = "an error that panics when it is written: no words";
    assert!(error.to_string().contains(told), "{error}");
}
