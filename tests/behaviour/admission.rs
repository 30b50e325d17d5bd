//! A request is limited only by what it uses, and what has begun is finished.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::{join_all, try_join_all};
use serve_runtime::config::{ApplicationConfig, DeploymentConfig};
use serve_runtime::prelude::*;
use serve_runtime::{AutoscalingConfig, OverloadReason, Overloaded};

use crate::support::{Stage, at_once, waits, within};

#[deployment]
struct Held {
    stage: Stage,
}

#[deployment]
impl Held {
    fn new(stage: Stage) -> Self {
        Held { stage }
    }

    fn run(&self, x: u64) -> u64 {
        self.stage.block();
        x
    }
}

#[deployment(max_queued_requests = 1)]
async fn narrow(x: u64) -> u64 {
    x
}

#[deployment(max_ongoing_requests = 1, max_queued_requests = 1)]
struct Narrow;

#[deployment]
impl Narrow {
    fn new() -> Self {
        Narrow
    }

    async fn run(&self, x: u64) -> u64 {
        x
    }
}

/// Begins calls, and expects each to wait.
async fn all_wait<F: Future>(calls: impl IntoIterator<Item = F>) -> Vec<std::pin::Pin<Box<F>>> {
    let mut begun = Vec::new();
    for call in calls {
        let mut call = Box::pin(call);
        assert!(
            waits(&mut call).await,
            "number {} does not wait",
            begun.len()
        );
        begun.push(call);
    }
    begun
}

#[graph]
fn two_routes(stage: Stage) {
    let held = Held::bind(stage);
    let model = Narrow::bind();
    route("/wait", |x: u64| -> u64 { held.run(x) });
    route("/model", |x: u64| -> u64 { model.run(x) });
    route("/either", |x: u64| -> u64 {
        if x > 100 { model.run(x) } else { held.run(x) }
    });
}

#[tokio::test]
async fn an_entry_is_not_limited_by_what_its_requests_may_not_call() {
    let stage = Stage::new();
    let app = deploy(two_routes(stage.clone())).await.unwrap();
    let waiting = all_wait((0..50).map(|x| app.wait(x))).await;
    let either = all_wait((0..50).map(|x| app.either(x))).await;
    stage.release(100);
    within(try_join_all(waiting)).await.unwrap();
    within(try_join_all(either)).await.unwrap();
}

#[deployment(max_ongoing_requests = 1, max_queued_requests = 3)]
struct Line {
    stage: Stage,
}

#[deployment]
impl Line {
    fn new(stage: Stage) -> Self {
        Line { stage }
    }

    async fn run(&self, x: u64) -> u64 {
        self.stage.hold().await;
        x
    }
}

#[graph(route_prefix = "/inner")]
fn with_a_prefix(stage: Stage) {
    let line = Line::bind(stage);
    route("/run", |x: u64| -> u64 { line.run(x) });
    route("/", |x: u64| -> u64 { line.run(x) });
}

#[deployment]
struct Begun {
    calls: Arc<AtomicUsize>,
}

#[deployment]
impl Begun {
    fn new(calls: Arc<AtomicUsize>) -> Self {
        Begun { calls }
    }

    async fn run(&self, x: u64) -> u64 {
        self.calls.fetch_add(1, Ordering::Relaxed);
        x
    }
}

#[graph]
fn around(stage: Stage, calls: Arc<AtomicUsize>) {
    let begun = Begun::bind(calls);
    let inner = with_a_prefix::bind(stage);
    route("/run", |x: u64| -> u64 { inner.run(begun.run(x)) });
    route("/root", |x: u64| -> u64 { inner.root(begun.run(x)) });
}

/// The routes of a graph are found by the names of their methods, whatever its prefix.
#[tokio::test]
async fn a_graph_with_a_prefix_counts_for_the_requests_of_the_graph_around_it() {
    for is_root in [false, true] {
        let (stage, calls) = (Stage::new(), Arc::default());
        let app = deploy(around(stage.clone(), Arc::clone(&calls)))
            .await
            .unwrap();
        let call = |x| {
            let app = &app;
            async move {
                match is_root {
                    true => app.root(x).await,
                    false => app.run(x).await,
                }
            }
        };
        let waiting = all_wait((0..4).map(call)).await;
        for x in 0..3 {
            let refused = call(x).await.unwrap_err();
            assert!(refused.downcast_ref::<Overloaded>().is_some(), "{refused}");
        }
        assert_eq!(calls.load(Ordering::Relaxed), 4, "begun and refused inside");
        stage.release(4);
        within(try_join_all(waiting)).await.unwrap();
    }
}

#[graph]
fn chain(stage: Stage) -> u64 {
    let line = Line::bind(stage);
    input(|x: u64| line.run(line.run(line.run(line.run(x)))))
}

#[tokio::test]
async fn a_chain_of_calls_counts_as_one_at_a_time() {
    let stage = Stage::new();
    let app = deploy(chain(stage.clone())).await.unwrap();
    let begun = all_wait((0..4).map(|x| app.call(x))).await;
    let error = within(app.call(4)).await.unwrap_err();
    let refused: &Overloaded = error.downcast_ref().unwrap();
    assert!(
        matches!(
            refused.reason,
            OverloadReason::TooManyRequests { limit: 4, .. }
        ),
        "{refused}"
    );
    stage.release(16);
    within(try_join_all(begun)).await.unwrap();
}

#[graph]
fn dispatched(stage: Stage) -> u64 {
    let line = Line::bind(stage);
    input(|x: u64| if x > 0 { line.run(x) } else { narrow(x) })
}

#[tokio::test]
async fn a_call_that_is_not_counted_is_refused_only_by_a_limit_that_is_set() {
    let stage = Stage::new();
    let app = deploy(dispatched(stage.clone())).await.unwrap();
    let begun = all_wait((1..=4).map(|x| app.call(x))).await;
    let error = at_once(&mut pin!(app.call(5))).await.unwrap().unwrap_err();
    let refused: &Overloaded = error.downcast_ref().unwrap();
    assert_eq!(refused.deployment, "line");
    assert!(
        matches!(refused.reason, OverloadReason::QueueFull { .. }),
        "{refused}"
    );
    assert!(error.to_string().contains("max_queued_requests"), "{error}");
    within(app.call(0)).await.unwrap();
    stage.release(4);
    within(try_join_all(begun)).await.unwrap();
}

#[tokio::test]
async fn a_call_from_outside_of_any_request_is_refused_at_a_full_queue() {
    let stage = Stage::new();
    let app = deploy(Held::bind(stage.clone())).await.unwrap();
    let mut first = pin!(app.run(0));
    assert!(waits(&mut first).await);
    stage.entered(1).await;
    let waiting = all_wait((0..100).map(|x| app.run(x))).await;
    let error = at_once(&mut pin!(app.run(101))).await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Overloaded);
    stage.release(101);
    within(first).await.unwrap();
    within(try_join_all(waiting)).await.unwrap();
}

#[graph(max_ongoing_requests = 3)]
fn at_most_three(stage: Stage) {
    let held = Held::bind(stage);
    route("/one", |x: u64| -> u64 { held.run(x) });
    route("/two", |x: u64| -> u64 { held.run(x) });
}

#[tokio::test]
async fn a_graph_limits_the_requests_of_each_entry() {
    let stage = Stage::new();
    let app = deploy(at_most_three(stage.clone())).await.unwrap();
    let one = all_wait((0..3).map(|x| app.one(x))).await;
    let two = all_wait((0..3).map(|x| app.two(x))).await;
    let error = within(app.one(3)).await.unwrap_err();
    let refused: &Overloaded = error.downcast_ref().unwrap();
    assert_eq!(refused.deployment, "at_most_three");
    assert!(
        matches!(
            refused.reason,
            OverloadReason::GraphFull {
                max_ongoing_requests: 3,
                ..
            }
        ),
        "{refused}"
    );
    stage.release(6);
    within(try_join_all(one)).await.unwrap();
    within(try_join_all(two)).await.unwrap();
}

#[deployment]
struct Model;

#[deployment]
impl Model {
    fn new() -> Self {
        Model
    }

    fn run(&self, x: u64) -> u64 {
        x
    }

    #[batch(max_batch_size = 8)]
    fn batched(&self, xs: Vec<u64>) -> Vec<u64> {
        xs
    }
}

#[deployment]
struct Holder {
    model: Handle<Model>,
}

#[deployment]
impl Holder {
    fn new(model: Handle<Model>) -> Self {
        Holder { model }
    }

    async fn run(&self, x: u64) -> Result<u64> {
        self.model.run(x).await
    }

    async fn batched(&self, x: u64) -> Result<u64> {
        self.model.batched(x).await
    }

    async fn all(&self, xs: Vec<u64>) -> Result<Vec<u64>> {
        try_join_all(xs.into_iter().map(|x| self.model.batched(x))).await
    }
}

#[graph]
fn fanned_out() {
    let model = Model::bind();
    let holder = Holder::bind(model);
    route("/by-edge", |xs: Vec<u64>| -> Vec<u64> {
        xs.map(|x| model.run(x))
    });
    route("/batched-by-edge", |xs: Vec<u64>| -> Vec<u64> {
        xs.map(|x| model.batched(x))
    });
    route("/by-handle", |xs: Vec<u64>| -> Vec<u64> {
        xs.map(|x| holder.run(x))
    });
    route("/batched-by-handle", |xs: Vec<u64>| -> Vec<u64> {
        xs.map(|x| holder.batched(x))
    });
    route("/all-by-handle", |xs: Vec<u64>| -> Vec<u64> {
        holder.all(xs)
    });
}

/// How many of 200 requests at once are answered. The others were refused at the door, or in a call through a handle
/// by a limit that is `set`.
async fn let_in<F>(set: bool, call: impl Fn(Vec<u64>) -> F) -> usize
where
    F: Future<Output = Result<Vec<u64>>>,
{
    let answers = within(join_all((0..200).map(|_| call(vec![1; 5])))).await;
    let is_allowed =
        |error: &Error| error.kind() == ErrorKind::Overloaded && (set || error.node().is_none());
    let refused = answers.iter().filter_map(|answer| answer.as_ref().err());
    let refused: Vec<_> = refused.collect();
    assert!(refused.iter().all(|error| is_allowed(error)), "{refused:?}");
    answers.len() - refused.len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_replicas_never_let_in_fewer_fan_outs_and_none_dies_half_way() {
    let scaled = AutoscalingConfig::default().min_replicas(1).max_replicas(8);
    for queued in [None, Some(60)] {
        let one = DeploymentConfig::new("model");
        let replicas = |n| (n as usize, one.clone().num_replicas(n));
        for (replicas, config) in [
            replicas(1),
            (1, one.clone().autoscaling_config(scaled)),
            replicas(4),
            replicas(16),
        ] {
            let config = match queued {
                Some(queued) => config.max_queued_requests(queued),
                None => config,
            };
            let mut file = ApplicationConfig::default();
            file.deployments.push(config);
            let app = deploy(fanned_out().with_config(&file).unwrap())
                .await
                .unwrap();
            let let_in = [
                let_in(false, |xs| app.by_edge(xs)).await,
                let_in(false, |xs| app.batched_by_edge(xs)).await,
                let_in(queued.is_some(), |xs| app.by_handle(xs)).await,
                let_in(queued.is_some(), |xs| app.batched_by_handle(xs)).await,
                let_in(queued.is_some(), |xs| app.all_by_handle(xs)).await,
            ];
            match queued {
                None => assert_eq!(let_in, [200; 5]),
                // As many as have places at one time, and more when others have ended before they come. By handle it
                // depends on the moment which requests find the queue full.
                Some(queued) => {
                    let places = queued as usize + replicas;
                    let by_edge = &let_in[..2];
                    assert!(
                        by_edge.iter().all(|let_in| *let_in >= places),
                        "{places}: {let_in:?}"
                    );
                }
            }
            Deployed::shutdown(app).await;
        }
    }
}

#[graph]
fn by_handle() -> Vec<u64> {
    let model = Model::bind();
    let holder = Holder::bind(model);
    input(|items: Vec<u64>| items.map(|x| holder.run(x)))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_through_handles_wait_rather_than_fail_half_way() {
    let app = Arc::new(deploy(by_handle()).await.unwrap());
    let calls = (0..20).map(|_| {
        let app = Arc::clone(&app);
        tokio::spawn(async move { app.call((0..64).collect()).await })
    });
    for call in within(join_all(calls)).await {
        assert_eq!(call.unwrap().unwrap().len(), 64);
    }
}
