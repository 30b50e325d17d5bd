//! Users' values whose `Drop` panics, wherever the runtime drops the last of them.

use std::panic::panic_any;

use serve_runtime::ErrorKind;
use serve_runtime::prelude::*;

use crate::support::{Count, Stage, waits, within};

/// Counts that it is dropped, and panics.
struct Bomb(Count);

impl Drop for Bomb {
    fn drop(&mut self) {
        self.0.add();
        panic!("dropped");
    }
}

/// On a thread: calls hold a bomb as an argument, as a result, and as the payload of a panic.
#[deployment]
struct Computing {
    stage: Stage,
    built: Count,
}

#[deployment]
impl Computing {
    fn new(stage: Stage, built: Count) -> Self {
        built.add();
        Computing { stage, built }
    }

    fn wait(&self) {
        self.stage.block();
    }

    #[expect(clippy::mem_forget, reason = "its drop panics")]
    fn take(&self, bomb: Bomb) {
        std::mem::forget(bomb);
    }

    fn make(&self, drops: Count) -> Bomb {
        self.stage.block();
        Bomb(drops)
    }

    fn throw(&self, drops: Count) {
        panic_any(Bomb(drops));
    }

    #[batch(max_batch_size = 2)]
    fn take_all(&self, bombs: Vec<Bomb>) -> Vec<()> {
        bombs.into_iter().map(std::mem::forget).collect()
    }

    fn replicas_built(&self) -> usize {
        self.built.get()
    }
}

/// Calls that are given up while they wait for a busy thread, or while they run.
#[tokio::test]
async fn values_of_an_abandoned_call_do_not_cost_a_replica() {
    let (stage, drops) = (Stage::new(), Count::new());
    let app = deploy(Computing::bind(stage.clone(), Count::new())).await;
    let app = app.unwrap();
    let handle = Deployed::handle(&app);
    let start = |call: futures_util::future::BoxFuture<'static, ()>| tokio::spawn(call);
    let (working, waiting, batched, making) = (
        handle.clone(),
        handle.clone(),
        handle.clone(),
        handle.clone(),
    );
    let bombs = (Bomb(drops.clone()), Bomb(drops.clone()));
    let working = start(Box::pin(async move { working.wait().await.unwrap() }));
    within(stage.entered(1)).await;
    let waiting = start(Box::pin(async move { drop(waiting.take(bombs.0).await) }));
    let batched = start(Box::pin(
        async move { drop(batched.take_all(bombs.1).await) },
    ));
    let drops_made = drops.clone();
    let making = start(Box::pin(async move {
        drop(making.make(drops_made).await.map(std::mem::forget));
    }));
    tokio::task::yield_now().await;
    // Those two never reach the thread; the third is given up while it runs.
    for call in [waiting, batched] {
        call.abort();
        call.await.unwrap_err();
    }
    stage.release(1);
    within(working).await.unwrap();
    within(stage.entered(1)).await;
    making.abort();
    making.await.unwrap_err();
    stage.release(1);
    within(drops.reaches(3)).await;
    // The replica is not affected.
    assert_eq!(within(handle.replicas_built()).await.unwrap(), 1);
    within(Deployed::shutdown(app)).await;
}

#[tokio::test]
async fn the_payload_of_a_panic_is_dropped_and_the_replica_replaced() {
    let (drops, built) = (Count::new(), Count::new());
    let app = deploy(Computing::bind(Stage::new(), built.clone())).await;
    let app = app.unwrap();
    for replicas in 1..=3 {
        let error = within(app.throw(drops.clone())).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Panicked);
        assert_eq!(error.message(), "panicked: a value that is not a string");
        assert_eq!(drops.get(), replicas);
        assert_eq!(within(app.replicas_built()).await.unwrap(), replicas + 1);
    }
    within(Deployed::shutdown(app)).await;
}

/// Shared by its callers.
#[deployment(num_replicas = 3)]
struct InPlace {
    _bomb: Bomb,
}

#[deployment]
impl InPlace {
    fn new(drops: Count) -> Self {
        InPlace { _bomb: Bomb(drops) }
    }

    async fn run(&self, fatal: bool) {
        assert!(!fatal, "a panic of the call's own");
    }
}

#[tokio::test]
async fn a_replica_in_place_is_retired_even_if_its_drop_panics() {
    let drops = Count::new();
    let app = deploy(InPlace::bind(drops.clone())).await.unwrap();
    let control = Deployed::control(&app)
        .deployment::<InPlace>("InPlace")
        .unwrap();
    within(control.scale(2)).await.unwrap();
    assert_eq!(drops.get(), 1);
    within(control.update(InPlace::bind(drops.clone()).num_replicas(1)))
        .await
        .unwrap();
    assert_eq!(drops.get(), 3);
    // The call that breaks the replica is the last to hold it, and gets its own panic as the error.
    let error = within(app.run(true)).await.unwrap_err();
    assert_eq!(error.message(), "panicked: a panic of the call's own");
    assert_eq!(drops.get(), 4);
    within(app.run(false)).await.unwrap();
    within(Deployed::shutdown(app)).await;
    assert_eq!(drops.get(), 5);
}

/// A second panic during the first would end the process.
#[tokio::test]
async fn an_application_with_several_of_them_can_be_dropped() {
    let drops = Count::new();
    let app = deploy(InPlace::bind(drops.clone())).await.unwrap();
    drop(app);
    within(drops.reaches(3)).await;
}

/// Keeps one model; each model is a bomb.
#[deployment]
struct Translator;

#[deployment]
impl Translator {
    fn new() -> Self {
        Translator
    }

    #[multiplexed(max_num_models_per_replica = 1)]
    async fn model(&self, _model_id: &str) -> Bomb {
        Bomb(Count::new())
    }

    async fn run(&self, model_id: String) -> Result<()> {
        self.model(&model_id).await.map(drop)
    }
}

#[tokio::test]
async fn a_model_is_loaded_even_if_the_drop_of_the_previous_one_panics() {
    let app = deploy(Translator::bind()).await.unwrap();
    for model_id in ["de", "fr", "de", "fr"] {
        within(app.run(model_id.to_owned())).await.unwrap();
    }
    within(Deployed::shutdown(app)).await;
}

/// Waits on the stage when it is dropped, if there is one.
struct Slow(Option<Stage>);

impl Drop for Slow {
    fn drop(&mut self) {
        if let Some(stage) = &self.0 {
            stage.block();
        }
    }
}

#[deployment(num_replicas = 2)]
struct Making {
    stage: Stage,
}

#[deployment]
impl Making {
    fn new(stage: Stage) -> Self {
        Making { stage }
    }

    fn make(&self, slow: Option<Stage>) -> Slow {
        self.stage.block();
        Slow(slow)
    }

    #[batch(max_batch_size = 1)]
    fn make_all(&self, slow: Vec<Option<Stage>>) -> Vec<Slow> {
        self.stage.block();
        slow.into_iter().map(Slow).collect()
    }
}

/// The caller goes away while the call runs; its result is dropped on the thread, and another thread is free.
macro_rules! no_call_waits_for_a_thread_that_drops {
    ($test:ident, $method:ident) => {
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $test() {
            let (stage, dropping) = (Stage::new(), Stage::new());
            let app = deploy(Making::bind(stage.clone())).await.unwrap();
            let mut gone = Box::pin(app.$method(Some(dropping.clone())));
            assert!(waits(&mut gone).await);
            stage.entered(1).await;
            drop(gone);
            stage.release(1);
            dropping.entered(1).await;
            for _ in 0..3 {
                stage.release(1);
                within(app.$method(None)).await.unwrap();
            }
            dropping.release(1);
        }
    };
}

no_call_waits_for_a_thread_that_drops!(no_call_waits_for_a_thread_that_drops_a_result, make);
no_call_waits_for_a_thread_that_drops!(no_call_waits_for_a_thread_that_drops_a_batch, make_all);

/// Panics when it is dropped, if it says so.
#[derive(PartialEq, Eq)]
struct Fragile(bool);

impl Drop for Fragile {
    fn drop(&mut self) {
        assert!(!self.0, "dropped");
    }
}

fn fragile(number: &u32) -> Fragile {
    Fragile(*number == 1)
}

#[deployment]
struct Batching {
    built: Count,
}

#[deployment]
impl Batching {
    fn new(built: Count) -> Self {
        built.add();
        Batching { built }
    }

    #[batch]
    fn too_many(&self, numbers: Vec<u32>) -> Vec<Fragile> {
        [0, 1].iter().chain(&numbers).map(fragile).collect()
    }

    #[batch(group_by = fragile)]
    fn grouped(&self, numbers: Vec<u32>) -> Vec<usize> {
        numbers.iter().map(|_| self.built.get()).collect()
    }
}

#[tokio::test]
async fn the_first_error_of_a_batch_is_its_answer_though_its_results_panic_when_they_are_dropped() {
    let built = Count::new();
    let app = deploy(Batching::bind(built.clone())).await.unwrap();
    let error = within(app.too_many(0)).await.err().unwrap();
    assert_eq!(
        error.message(),
        "`Batching.too_many` returned 3 results for a batch of 1 call"
    );
    // The key of its group is dropped before the batch runs.
    assert_eq!(within(app.grouped(1)).await.unwrap(), 1);
    assert_eq!(within(app.grouped(0)).await.unwrap(), 1);
    within(Deployed::shutdown(app)).await;
    assert_eq!(built.get(), 1);
}

/// A value of a graph, which panics when it is dropped.
#[deployment]
async fn bomb(drops: Count) -> Bomb {
    Bomb(drops)
}

#[deployment]
async fn bombs(drops: Count) -> Vec<Bomb> {
    (0..3).map(|_| Bomb(drops.clone())).collect()
}

#[deployment]
async fn fail(number: u64) -> Result<u64> {
    match number {
        0 => Err(Error::failed("the first error")),
        number => Ok(number),
    }
}

#[deployment]
async fn defuse(bomb: Bomb, number: u64) -> u64 {
    #[expect(clippy::mem_forget, reason = "its drop panics")]
    std::mem::forget(bomb);
    number
}

#[deployment]
async fn look(bomb: &Bomb, number: u64) -> u64 {
    number + bomb.0.get() as u64
}

#[deployment]
async fn hang(_bomb: Bomb) -> u64 {
    std::future::pending().await
}

#[graph]
fn kept() -> u64 {
    input(|drops: Count, number: u64| {
        let (one, other) = (bomb(drops.clone()), bomb(drops));
        let number = fail(number);
        defuse(one, number) + look(other, number) + look(other, number)
    })
}

#[graph]
fn in_flight() -> u64 {
    input(|drops: Count, number: u64| hang(bomb(drops)) + fail(number))
}

#[graph]
fn items() -> Vec<u64> {
    input(|drops: Count, number: u64| bombs(drops).map(|bomb| defuse(bomb, fail(number))))
}

/// The first error is the answer, and each of the values is dropped: one after another would end the process.
#[tokio::test]
async fn values_of_a_graph_that_panic_when_they_are_dropped_do_not_replace_the_first_error() {
    let (kept, in_flight, items) = (
        deploy(kept()).await.unwrap(),
        deploy(in_flight()).await.unwrap(),
        deploy(items()).await.unwrap(),
    );
    let drops = Count::new();
    let failed = |error: Error, dropped: usize| {
        assert_eq!(error.kind(), ErrorKind::Failed, "{error:?}");
        assert_eq!(error.message(), "the first error");
        assert_eq!(drops.get(), dropped);
    };
    failed(within(kept.call(drops.clone(), 0)).await.unwrap_err(), 2);
    failed(
        within(in_flight.call(drops.clone(), 0)).await.unwrap_err(),
        3,
    );
    failed(within(items.call(drops.clone(), 0)).await.unwrap_err(), 6);
    // Nor do they replace an answer.
    assert_eq!(
        within(kept.call(drops.clone(), 1)).await.unwrap(),
        1 + 2 * 7
    );
    assert_eq!(drops.get(), 7);
}
