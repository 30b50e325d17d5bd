//! Panics and constructors that fail: which calls and replicas they affect, and which not.

use serve_runtime::ErrorKind;
use serve_runtime::prelude::*;

use crate::support::{Count, Stage, within};

const UNLUCKY: u32 = 13;

/// Lets a test count the replicas of a deployment.
#[derive(Clone)]
struct Watched {
    built: Count,
    dropped: Count,
    stage: Stage,
}

impl Watched {
    fn new() -> Self {
        Watched {
            built: Count::new(),
            dropped: Count::new(),
            stage: Stage::new(),
        }
    }

    fn drop_count(&self) -> crate::support::OnDrop {
        self.built.add();
        self.dropped.on_drop()
    }
}

fn panic_if_unlucky(number: u32) -> u32 {
    assert_ne!(number, UNLUCKY, "unlucky");
    number
}

#[deployment]
struct InPlace {
    watched: Watched,
    _dropped: crate::support::OnDrop,
}

#[deployment]
impl InPlace {
    fn new(watched: Watched) -> Self {
        InPlace {
            _dropped: watched.drop_count(),
            watched,
        }
    }

    async fn run(&self, number: u32) -> u32 {
        tokio::task::yield_now().await;
        panic_if_unlucky(number)
    }

    async fn hold(&self) -> u32 {
        self.watched.stage.hold().await;
        1
    }
}

#[deployment]
struct Computing {
    watched: Watched,
    _dropped: crate::support::OnDrop,
}

#[deployment]
impl Computing {
    fn new(watched: Watched) -> Self {
        Computing {
            _dropped: watched.drop_count(),
            watched,
        }
    }

    fn run(&self, number: u32) -> u32 {
        panic_if_unlucky(number)
    }

    fn hold(&mut self) -> u32 {
        self.watched.stage.block();
        1
    }
}

#[deployment]
async fn in_place_function(number: u32) -> u32 {
    panic_if_unlucky(number)
}

#[deployment]
fn computing_function(number: u32) -> u32 {
    panic_if_unlucky(number)
}

#[graph]
fn fragile_in_place(watched: Watched) -> u32 {
    let fragile = InPlace::bind(watched);

    input(|number: u32| fragile.run(number))
}

#[graph]
fn fragile_on_a_thread(watched: Watched) -> u32 {
    let fragile = Computing::bind(watched);

    input(|number: u32| fragile.run(number))
}

#[graph]
fn functions() -> u32 {
    input(|number: u32, other: u32| in_place_function(number) + computing_function(other))
}

#[graph]
fn expression() -> u32 {
    input(|number: u32| {
        let less = computing_function(number).checked_sub(1).unwrap();
        in_place_function(less)
    })
}

/// The node and the message of the panic that a call ended with.
#[track_caller]
fn panicked(outcome: Result<u32>) -> String {
    let error = outcome.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Panicked);
    let message = error.to_string();
    assert!(message.contains(": panicked: "), "{message}");
    error.node().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_panic_in_place_names_its_node_and_the_replica_is_replaced() {
    let watched = Watched::new();
    let app = deploy(fragile_in_place(watched.clone())).await.unwrap();
    assert_eq!(panicked(app.call(UNLUCKY).await), "fragile.run");
    assert_eq!(within(app.call(1)).await.unwrap(), 1);
    assert_eq!((watched.built.get(), watched.dropped.get()), (2, 1));
}

#[tokio::test]
async fn a_panic_on_a_thread_names_its_node_and_the_replica_is_replaced() {
    let watched = Watched::new();
    let app = deploy(fragile_on_a_thread(watched.clone())).await.unwrap();
    assert_eq!(panicked(app.call(UNLUCKY).await), "fragile.run");
    assert_eq!(within(app.call(1)).await.unwrap(), 1);
    assert_eq!((watched.built.get(), watched.dropped.get()), (2, 1));
}

#[tokio::test]
async fn a_panic_in_a_function_names_it() {
    let app = deploy(functions()).await.unwrap();
    assert_eq!(panicked(app.call(UNLUCKY, 1).await), "in_place_function");
    assert_eq!(panicked(app.call(1, UNLUCKY).await), "computing_function");
    assert_eq!(within(app.call(1, 2)).await.unwrap(), 3);
}

#[tokio::test]
async fn a_panic_in_an_expression_names_the_graph_and_fails_only_its_request() {
    let app = deploy(expression()).await.unwrap();
    assert_eq!(panicked(app.call(0).await), "expression");
    assert_eq!(within(app.call(2)).await.unwrap(), 1);
}

#[tokio::test]
async fn a_panic_does_not_affect_calls_on_the_other_replica() {
    for _ in 0..10 {
        let watched = Watched::new();
        let bound = Computing::bind(watched.clone()).num_replicas(2);
        let app = deploy(bound).await.unwrap();
        let handle = Deployed::handle(&app).clone();
        let held = tokio::spawn(async move { handle.hold().await });
        watched.stage.entered(1).await;
        app.run(UNLUCKY).await.unwrap_err();
        assert_eq!(within(app.run(1)).await.unwrap(), 1);
        watched.stage.release(1);
        assert_eq!(within(held).await.unwrap().unwrap(), 1);
    }
}

#[tokio::test]
async fn a_panic_in_place_does_not_affect_other_calls_of_its_replica() {
    let watched = Watched::new();
    let app = deploy(InPlace::bind(watched.clone())).await.unwrap();
    let handle = Deployed::handle(&app).clone();
    let held = tokio::spawn(async move { handle.hold().await });
    watched.stage.entered(1).await;
    app.run(UNLUCKY).await.unwrap_err();
    watched.built.reaches(2).await;
    assert_eq!(watched.dropped.get(), 0, "a call still uses it");
    watched.stage.release(1);
    assert_eq!(within(held).await.unwrap().unwrap(), 1);
    watched.dropped.reaches(1).await;
}

#[tokio::test]
async fn a_replica_whose_calls_panic_together_is_replaced_once() {
    let watched = Watched::new();
    let app = deploy(InPlace::bind(watched.clone())).await.unwrap();
    let calls = futures_util::future::join_all((0..5).map(|_| app.run(UNLUCKY)));
    assert!(within(calls).await.iter().all(Result::is_err));
    assert_eq!(within(app.run(1)).await.unwrap(), 1);
    assert_eq!(watched.built.get(), 2);
}

/// Calls others through handles.
#[deployment]
struct Holder {
    in_place: Handle<InPlace>,
    computing: Handle<Computing>,
    _dropped: crate::support::OnDrop,
}

#[deployment]
impl Holder {
    fn new(in_place: Handle<InPlace>, computing: Handle<Computing>, watched: Watched) -> Self {
        Holder {
            in_place,
            computing,
            _dropped: watched.drop_count(),
        }
    }

    async fn run(&self, in_place: u32, computing: u32) -> Result<u32> {
        Ok(self.in_place.run(in_place).await? + self.computing.run(computing).await?)
    }
}

#[graph]
fn held(holder: Watched, in_place: Watched, computing: Watched) -> u32 {
    let fragile = InPlace::bind(in_place);
    let fragile_too = Computing::bind(computing);
    let outer = Holder::bind(fragile, fragile_too, holder);

    input(|in_place: u32, computing: u32| outer.run(in_place, computing))
}

#[tokio::test]
async fn after_a_panic_behind_a_handle_only_the_callee_is_replaced() {
    let [holder, first, second] = [(); 3].map(|()| Watched::new());
    let app = deploy(held(holder.clone(), first.clone(), second.clone()))
        .await
        .unwrap();
    assert_eq!(panicked(app.call(UNLUCKY, 1).await), "outer.run");
    assert_eq!(panicked(app.call(1, UNLUCKY).await), "outer.run");
    assert_eq!(within(app.call(1, 2)).await.unwrap(), 3);
    let built = [holder, first, second].map(|watched| watched.built.get());
    assert_eq!(built, [1, 2, 2]);
}

/// Both kinds of methods on one instance.
#[deployment]
struct Mixed {
    _dropped: crate::support::OnDrop,
}

#[deployment]
impl Mixed {
    fn new(watched: Watched) -> Self {
        Mixed {
            _dropped: watched.drop_count(),
        }
    }

    async fn in_place(&mut self, number: u32) -> u32 {
        panic_if_unlucky(number)
    }

    fn compute(&self, number: u32) -> u32 {
        panic_if_unlucky(number)
    }
}

#[tokio::test]
async fn after_a_panic_in_either_kind_of_method_the_instance_of_both_is_replaced() {
    let watched = Watched::new();
    let app = deploy(Mixed::bind(watched.clone())).await.unwrap();
    for expected in [2, 4] {
        panicked_alone(app.in_place(UNLUCKY).await);
        assert_eq!(within(app.compute(1)).await.unwrap(), 1);
        assert_eq!(watched.built.get(), expected);
        panicked_alone(app.compute(UNLUCKY).await);
        watched.built.reaches(expected + 1).await;
        assert_eq!(within(app.in_place(1)).await.unwrap(), 1);
    }
}

#[track_caller]
fn panicked_alone(outcome: Result<u32>) {
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Panicked);
}
