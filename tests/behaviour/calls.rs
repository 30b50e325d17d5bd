//! Where calls run, and which run at the same time.

use std::sync::Arc;

use futures_util::future::{join_all, try_join_all};
use serve_runtime::prelude::*;

use crate::support::{Count, Stage, within};

fn thread() -> String {
    std::thread::current().name().unwrap_or_default().to_owned()
}

fn task() -> Option<tokio::task::Id> {
    tokio::task::try_id()
}

/// Waits in place, computes on its thread, and counts in both cases.
#[deployment]
struct Both {
    count: u32,
    stage: Stage,
}

#[deployment]
impl Both {
    fn new(stage: Stage) -> Self {
        Both { count: 0, stage }
    }

    async fn in_place(&self) -> (Option<tokio::task::Id>, String) {
        tokio::task::yield_now().await;
        (task(), thread())
    }

    async fn add_in_place(&mut self) {
        let count = self.count;
        tokio::task::yield_now().await;
        self.count = count + 1;
    }

    fn on_the_thread(&self) -> (Option<tokio::task::Id>, String) {
        (task(), thread())
    }

    fn add_on_the_thread(&mut self) -> String {
        let _inside = self.stage.enter();
        self.count += 1;
        thread()
    }

    async fn count(&self) -> u32 {
        self.count
    }
}

#[tokio::test]
async fn an_async_fn_runs_on_its_callers_task() {
    let app = deploy(Both::bind(Stage::new())).await.unwrap();
    let handle = Deployed::handle(&app).clone();
    let caller = tokio::spawn(async move {
        let (ran_on, _) = handle.in_place().await.unwrap();
        (ran_on, task())
    });
    let (ran_on, caller) = caller.await.unwrap();
    assert!(ran_on.is_some());
    assert_eq!(ran_on, caller);
}

#[tokio::test]
async fn a_fn_runs_on_the_thread_of_its_replica() {
    let app = deploy(Both::bind(Stage::new()).name("Mixed"))
        .await
        .unwrap();
    let (task, thread) = app.on_the_thread().await.unwrap();
    assert_eq!((task, thread.as_str()), (None, "Mixed#0"));
    assert_ne!(app.in_place().await.unwrap().1, thread);
}

// `add_in_place` yields between reading and writing: the count of a call in between would be lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn calls_with_mut_self_have_the_replica_to_themselves() {
    let stage = Stage::new();
    let app = deploy(Both::bind(stage.clone())).await.unwrap();
    let calls = (0..100).map(|number| {
        let handle = Deployed::handle(&app).clone();
        tokio::spawn(async move {
            match number % 2 {
                0 => handle.add_in_place().await,
                _ => handle.add_on_the_thread().await.map(drop),
            }
        })
    });
    for call in within(join_all(calls)).await {
        call.unwrap().unwrap();
    }
    assert_eq!(app.count().await.unwrap(), 100);
    assert_eq!(stage.max_inside(), 1);
}

/// The same without `&mut`: nothing is locked.
#[deployment]
struct Unlocked {
    stage: Stage,
}

#[deployment]
impl Unlocked {
    fn new(stage: Stage) -> Self {
        Unlocked { stage }
    }

    fn compute(&self) {
        self.stage.block();
    }

    async fn wait(&self) {
        self.stage.release(1);
    }
}

#[tokio::test]
async fn an_in_place_call_continues_during_a_computing_one() {
    let stage = Stage::new();
    let app = deploy(Unlocked::bind(stage.clone())).await.unwrap();
    let computing = app.compute();
    let waiting = async {
        stage.entered(1).await;
        app.wait().await
    };
    let (computed, waited) = within(async { tokio::join!(computing, waiting) }).await;
    assert_eq!((computed.unwrap(), waited.unwrap()), ((), ()));
}

/// A stateful replica that only computes.
#[deployment]
struct Adder {
    sum: u32,
}

#[deployment]
impl Adder {
    fn new() -> Self {
        Adder { sum: 0 }
    }

    fn add(&mut self, number: u32) -> Result<u32> {
        self.sum = self.sum.checked_add(number).ok_or(Full)?;
        Ok(self.sum)
    }
}

#[derive(Debug)]
struct Full;

impl std::fmt::Display for Full {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("full")
    }
}

impl std::error::Error for Full {}

#[tokio::test]
async fn a_replica_keeps_its_state_from_call_to_call() {
    let app = deploy(Adder::bind()).await.unwrap();
    assert_eq!(app.add(1).await.unwrap(), 1);
    assert_eq!(app.add(2).await.unwrap(), 3);
}

#[tokio::test]
async fn a_users_error_reaches_the_caller_unchanged_and_breaks_nothing() {
    let app = deploy(Adder::bind()).await.unwrap();
    app.add(1).await.unwrap();
    let error = app.add(u32::MAX).await.unwrap_err();
    assert!(error.downcast_ref::<Full>().is_some());
    assert_eq!(app.add(2).await.unwrap(), 3, "the replica was replaced");
}

#[deployment]
struct Spread {
    number: usize,
    barrier: Arc<std::sync::Barrier>,
}

#[deployment]
impl Spread {
    fn new(built: Count, barrier: Arc<std::sync::Barrier>) -> Self {
        Spread {
            number: built.add(),
            barrier,
        }
    }

    fn run(&self) -> (usize, String) {
        self.barrier.wait();
        (self.number, thread())
    }
}

// Only four calls at the same time get past the barrier.
#[tokio::test]
async fn four_compute_replicas_work_at_the_same_time() {
    let barrier = Arc::new(std::sync::Barrier::new(4));
    let app = deploy(Spread::bind(Count::new(), barrier).num_replicas(4))
        .await
        .unwrap();
    let ran = within(try_join_all((0..4).map(|_| app.run()))).await;
    let (mut numbers, mut threads): (Vec<_>, Vec<_>) = ran.unwrap().into_iter().unzip();
    numbers.sort_unstable();
    threads.sort_unstable();
    assert_eq!(numbers, [0, 1, 2, 3]);
    assert_eq!(threads, ["Spread#0", "Spread#1", "Spread#2", "Spread#3"]);
}

#[deployment]
struct SpreadInPlace {
    number: usize,
    stage: Stage,
}

#[deployment]
impl SpreadInPlace {
    fn new(built: Count, stage: Stage) -> Self {
        SpreadInPlace {
            number: built.add(),
            stage,
        }
    }

    async fn run(&self) -> usize {
        self.stage.hold().await;
        self.number
    }
}

#[tokio::test]
async fn in_place_calls_go_to_the_replica_with_the_fewest() {
    let stage = Stage::new();
    let app = deploy(SpreadInPlace::bind(Count::new(), stage.clone()).num_replicas(3))
        .await
        .unwrap();
    let calls = try_join_all((0..9).map(|_| app.run()));
    let release = async {
        stage.entered(9).await;
        stage.release(9);
    };
    let (ran, ()) = within(async { tokio::join!(calls, release) }).await;
    let mut ran = ran.unwrap();
    ran.sort_unstable();
    assert_eq!(ran, [0, 0, 0, 1, 1, 1, 2, 2, 2]);
}
