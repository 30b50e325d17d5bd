//! A deployment that is scaled to 0 replicas refuses its calls, whatever they are and however they are made.

use std::pin::pin;

use serde_json::json;
use serve_runtime::prelude::*;
use serve_runtime::{DeploymentControl, ErrorKind};

use crate::support::http::serve;
use crate::support::{Stage, at_once, waits, within};

const REFUSED: &str = "`model` is scaled to 0 replicas\n\
    help: raise its `num_replicas`, for example with `DeploymentControl::scale`";

fn assert_refused<T>(answer: Result<T>) {
    let error = answer.err().expect("it is answered");
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
    assert_eq!(error.message(), REFUSED);
}

/// On a thread, batched and not, and as a stream.
#[deployment]
struct Computing(Stage);

#[deployment]
impl Computing {
    fn new(stage: Stage) -> Self {
        Computing(stage)
    }

    fn run(&self) {
        self.0.block();
    }

    #[batch(max_batch_size = 2)]
    fn batched(&self, items: Vec<u32>) -> Vec<u32> {
        items
    }

    fn streamed(&self, count: u32) -> impl Iterator<Item = u32> {
        0..count
    }
}

/// In place, one call at a time.
#[deployment(max_ongoing_requests = 1)]
struct InPlace(Stage);

#[deployment]
impl InPlace {
    fn new(stage: Stage) -> Self {
        InPlace(stage)
    }

    async fn run(&self) {
        self.0.hold().await;
    }

    async fn batched(&self, item: u32) -> u32 {
        item
    }

    async fn streamed(&self, count: u32) -> impl Stream<Item = u32> {
        futures_util::stream::iter(0..count)
    }
}

/// In place and on a thread, with the replica for themselves.
#[deployment]
struct Mixed(Stage);

#[deployment]
impl Mixed {
    fn new(stage: Stage) -> Self {
        Mixed(stage)
    }

    async fn run(&mut self) {
        self.0.hold().await;
    }

    #[batch(max_batch_size = 2)]
    fn batched(&mut self, items: Vec<u32>) -> Vec<u32> {
        items
    }

    async fn streamed(&mut self, count: u32) -> impl Stream<Item = u32> {
        futures_util::stream::iter(0..count)
    }
}

macro_rules! refused {
    ($name:ident, $Name:ident) => {
        mod $name {
            use super::*;

            #[tokio::test]
            async fn calls_that_wait_are_refused_at_once_and_the_one_in_flight_is_answered() {
                let stage = Stage::new();
                let app = deploy($Name::bind(stage.clone()).name("model"))
                    .await
                    .unwrap();
                let control: DeploymentControl<$Name> =
                    Deployed::control(&app).deployment("model").unwrap();
                let mut in_flight = pin!(app.run());
                assert!(waits(&mut in_flight).await);
                stage.entered(1).await;
                let (mut plain, mut batched) = (pin!(app.run()), pin!(app.batched(1)));
                let mut streamed = pin!(app.streamed(1));
                assert!(waits(&mut plain).await && waits(&mut batched).await);
                assert!(waits(&mut streamed).await);

                let mut scaled = pin!(control.scale(0));
                assert!(waits(&mut scaled).await);
                assert_refused(within(plain).await);
                assert_refused(within(batched).await);
                assert_refused(within(streamed).await);
                assert!(at_once(&mut in_flight).await.is_none());
                assert!(at_once(&mut scaled).await.is_none());
                stage.release(1);
                within(in_flight).await.unwrap();
                within(scaled).await.unwrap();

                assert_refused(within(app.run()).await);
                assert_refused(within(app.batched(1)).await);
                assert_refused(within(app.streamed(1)).await);

                within(control.scale(1)).await.unwrap();
                assert_eq!(within(app.batched(7)).await.unwrap(), 7);
                let streamed = within(app.streamed(2)).await.unwrap();
                assert_eq!(within(streamed.collect()).await.unwrap(), [0, 1]);
            }
        }
    };
}

refused!(on_a_thread, Computing);
refused!(in_place, InPlace);
refused!(mixed_and_exclusive, Mixed);

#[graph]
fn one(stage: Stage) -> u32 {
    let model = InPlace::bind(stage);
    input(|item: u32| model.batched(item))
}

#[tokio::test]
async fn a_request_that_needs_it_is_refused_and_health_says_so() {
    let app = deploy(one(Stage::new())).await.unwrap();
    let control = Deployed::control(&app);
    let model: DeploymentControl<InPlace> = control.deployment("model").unwrap();
    within(model.scale(0)).await.unwrap();
    let refused = within(app.call(1)).await;
    assert_eq!(
        refused.as_ref().err().and_then(Error::node),
        Some("model.batched")
    );
    assert_refused(refused);
    assert_eq!(
        control.health().unwrap_err().message(),
        "`model` is scaled to 0 replicas"
    );
    within(model.scale(1)).await.unwrap();
    control.health().unwrap();
    assert_eq!(within(app.call(1)).await.unwrap(), 1);
}

/// Reads two streams once the test says so.
#[deployment]
struct Zip(Stage);

#[deployment]
impl Zip {
    fn new(stage: Stage) -> Self {
        Zip(stage)
    }

    async fn run(&self, one: Streaming<u32>, other: Streaming<u32>) -> Result<usize> {
        self.0.hold().await;
        Ok(one.collect().await?.len() + other.collect().await?.len())
    }
}

/// Its requests take the places at both models together, before they begin.
#[graph]
fn streams(stage: Stage) {
    let model = Computing::bind(stage.clone());
    let other = Computing::bind(stage.clone()).num_replicas(2);
    let zip = Zip::bind(stage);
    route("/one", |n: u32| -> usize {
        zip.run(model.streamed(n), other.streamed(n))
    });
}

/// It would wait for the one that has the place at the model.
#[tokio::test]
async fn a_request_that_takes_places_before_it_begins_is_refused_at_once() {
    let stage = Stage::new();
    let app = deploy(streams(stage.clone())).await.unwrap();
    let model: DeploymentControl<Computing> = Deployed::control(&app).deployment("model").unwrap();
    // More items than a thread makes ahead.
    let mut first = pin!(app.one(100));
    while stage.inside() == 0 {
        assert!(waits(&mut first).await);
        tokio::task::yield_now().await;
    }
    let mut waiting = pin!(app.one(1));
    assert!(waits(&mut waiting).await);

    let mut scaled = pin!(model.scale(0));
    assert!(waits(&mut scaled).await);
    assert_refused(within(waiting).await);
    assert_refused(within(app.one(1)).await);
    assert!(waits(&mut first).await);
    stage.release(1);
    assert_eq!(within(first).await.unwrap(), 200);
    within(scaled).await.unwrap();
    assert_refused(within(app.one(1)).await);

    within(model.scale(1)).await.unwrap();
    stage.release(1);
    assert_eq!(within(app.one(1)).await.unwrap(), 2);
}

#[deployment(autoscaling_config(min_replicas = 0, max_replicas = 1, initial_replicas = 0))]
struct OnDemand;

#[deployment]
impl OnDemand {
    fn new() -> Self {
        OnDemand
    }

    async fn run(&self, item: u32) -> u32 {
        item
    }
}

#[graph]
fn on_demand() -> u32 {
    let model = OnDemand::bind();
    input(|item: u32| model.run(item))
}

#[tokio::test]
async fn one_that_autoscaling_has_scaled_to_none_is_well_and_starts_one() {
    let server = serve(on_demand()).await;
    let health = server.get("/-/healthz").await;
    assert_eq!(health.ok(), json!({ "status": "ok" }));
    assert_eq!(server.post(json!(3)).await.ok(), json!(3));
}
