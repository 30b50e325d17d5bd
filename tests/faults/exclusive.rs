//! Methods with `&mut self`: one call at a time at each replica, and calls that wait are waiting calls.

use futures_util::future::join_all;
use serve_runtime::prelude::*;

use crate::support::{Count, Stage, others_make_progress, waits, within};

/// What a call does between two halves of a change.
#[derive(Clone, Copy, PartialEq)]
enum Ends {
    Well,
    InAPanic,
}

/// The state of a replica; `half` is set while it is being changed.
struct State {
    number: usize,
    half: bool,
    stage: Stage,
}

/// The replica's number, and whether it was half-changed.
type Seen = (usize, bool);

impl State {
    fn new(stage: Stage, built: &Count) -> Self {
        State {
            number: built.add(),
            half: false,
            stage,
        }
    }

    fn seen(&self) -> Seen {
        (self.number, self.half)
    }

    fn begin(&mut self) -> Seen {
        let seen = self.seen();
        self.half = true;
        seen
    }

    fn end(&mut self, ends: Ends) {
        assert!(ends == Ends::Well, "in the middle");
        self.half = false;
    }
}

macro_rules! deployments {
    ($($Name:ident { $($method:tt)* })*) => { $(
        #[deployment(max_queued_requests = 8)]
        struct $Name(State);

        #[deployment]
        impl $Name {
            fn new(stage: Stage, built: Count) -> Self {
                $Name(State::new(stage, &built))
            }

            async fn look(&self) -> Seen {
                self.0.seen()
            }

            async fn hold(&self) -> Seen {
                self.0.stage.hold().await;
                self.0.seen()
            }

            $($method)*
        }
    )* };
}

deployments! {
    InPlace {
        async fn change(&mut self, ends: Ends) -> Seen {
            let seen = self.0.begin();
            self.0.stage.hold().await;
            self.0.end(ends);
            seen
        }
    }
    OnThread {
        fn change(&mut self, ends: Ends) -> Seen {
            let seen = self.0.begin();
            self.0.stage.block();
            self.0.end(ends);
            seen
        }
    }
    Batched {
        #[batch(max_batch_size = 1)]
        fn change(&mut self, ends: Vec<Ends>) -> Vec<Seen> {
            let seen = self.0.begin();
            self.0.stage.block();
            ends.iter().for_each(|ends| self.0.end(*ends));
            vec![seen]
        }
    }
    Both {
        fn change(&mut self, ends: Ends) -> Seen {
            let seen = self.0.begin();
            self.0.stage.block();
            self.0.end(ends);
            seen
        }

        async fn change_in_place(&mut self, ends: Ends) -> Seen {
            let seen = self.0.begin();
            self.0.stage.hold().await;
            self.0.end(ends);
            seen
        }
    }
}

/// For each kind of deployment: calls that wait while the replica is changed, with `&mut self` and with `&self`.
macro_rules! for_each {
    ($rule:ident: $($test:ident $Name:ident;)*) => { $(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $test() {
            $rule!($Name);
        }
    )* };
}

macro_rules! none_goes_on_at_a_broken_replica {
    ($Name:ident) => {
        let (stage, built) = (Stage::new(), Count::new());
        let app = deploy($Name::bind(stage.clone(), built.clone()))
            .await
            .unwrap();
        let mut first = Box::pin(app.change(Ends::InAPanic));
        assert!(waits(&mut first).await);
        stage.entered(1).await;
        let (mut second, mut look) = (Box::pin(app.change(Ends::Well)), Box::pin(app.look()));
        assert!(waits(&mut second).await && waits(&mut look).await);
        stage.release(2);
        let (first, second, look) = within(async { tokio::join!(first, second, look) }).await;
        assert_eq!(first.unwrap_err().kind(), ErrorKind::Panicked);
        assert_eq!((second.unwrap(), look.unwrap()), ((1, false), (1, false)));
        assert_eq!(built.get(), 2);
    };
}

for_each! { none_goes_on_at_a_broken_replica:
    no_call_goes_on_at_a_replica_that_broke_in_place InPlace;
    no_call_goes_on_at_a_replica_that_broke_on_its_thread OnThread;
    no_call_goes_on_at_a_replica_that_a_batch_broke Batched;
    no_call_goes_on_at_a_replica_that_broke_in_either_of_two_ways Both;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_call_of_a_thread_goes_on_at_a_replica_that_broke_in_place() {
    let (stage, built) = (Stage::new(), Count::new());
    let app = deploy(Both::bind(stage.clone(), built.clone())).await;
    let app = app.unwrap();
    let mut first = Box::pin(app.change_in_place(Ends::InAPanic));
    assert!(waits(&mut first).await);
    let mut second = Box::pin(app.change(Ends::Well));
    assert!(waits(&mut second).await);
    others_make_progress().await;
    stage.release(2);
    let (first, second) = within(async { tokio::join!(first, second) }).await;
    assert_eq!(first.unwrap_err().kind(), ErrorKind::Panicked);
    assert_eq!(second.unwrap(), (1, false));
}

macro_rules! what_waits_is_limited {
    ($Name:ident) => {
        let stage = Stage::new();
        let app = deploy($Name::bind(stage.clone(), Count::new()))
            .await
            .unwrap();
        let mut first = Box::pin(app.change(Ends::Well));
        assert!(waits(&mut first).await);
        stage.entered(1).await;
        let mut calls = Vec::new();
        for _ in 0..8 {
            let mut call = Box::pin(app.look());
            assert!(waits(&mut call).await);
            calls.push(call);
        }
        let error = within(app.look()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Overloaded);
        stage.release(1);
        within(first).await.unwrap();
        for seen in within(join_all(calls)).await {
            assert_eq!(seen.unwrap(), (0, false));
        }
    };
}

for_each! { what_waits_is_limited:
    calls_that_wait_for_a_change_in_place_are_limited InPlace;
    calls_that_wait_for_a_change_on_a_thread_are_limited OnThread;
    calls_that_wait_for_a_batch_that_changes_are_limited Batched;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_call_waits_for_a_certain_replica() {
    let stage = Stage::new();
    let app = deploy(InPlace::bind(stage.clone(), Count::new()).num_replicas(2));
    let app = app.await.unwrap();
    let change = || {
        let app = app.clone();
        tokio::spawn(async move { app.change(Ends::Well).await })
    };
    let mut calls = vec![change(), change()];
    stage.entered(2).await;
    // Whichever replica is free first takes the next call: the stage releases the call that came first.
    for _ in 0..4 {
        calls.push(change());
        others_make_progress().await;
        stage.release(1);
        stage.entered(1).await;
    }
    stage.release(2);
    for seen in within(join_all(calls)).await {
        assert!(!seen.unwrap().unwrap().1);
    }
    assert_eq!(stage.max_inside(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_call_of_a_thread_waits_for_a_replica_that_is_busy_while_another_one_is_free() {
    let (stage, built) = (Stage::new(), Count::new());
    let app = deploy(Both::bind(stage.clone(), built.clone()).num_replicas(2));
    let app = app.await.unwrap();
    for _ in 0..4 {
        let mut in_place = Box::pin(app.change_in_place(Ends::Well));
        assert!(waits(&mut in_place).await);
        stage.entered(1).await;
        let mut on_thread = Box::pin(app.change(Ends::Well));
        assert!(waits(&mut on_thread).await);
        stage.entered(1).await;
        stage.release(2);
        let (one, other) = within(async { tokio::join!(in_place, on_thread) }).await;
        assert_ne!(one.unwrap().0, other.unwrap().0);
    }
}

macro_rules! reading {
    ($($test:ident $Name:ident;)*) => { $(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $test() {
            let stage = Stage::new();
            let app = deploy($Name::bind(stage.clone(), Count::new())).await.unwrap();
            let hold = || {
                let app = app.clone();
                Box::pin(async move { app.hold().await })
            };
            let (mut one, mut other) = (hold(), hold());
            assert!(waits(&mut one).await && waits(&mut other).await);
            stage.entered(2).await;
            let handle = app.clone();
            let mut change = Box::pin(async move { handle.change(Ends::Well).await });
            assert!(waits(&mut change).await);
            // What comes once the change waits for the replica does not run beside the first two.
            let later = within(async {
                loop {
                    let mut later = hold();
                    assert!(waits(&mut later).await);
                    match stage.inside() {
                        2 => break (tokio::spawn(later),),
                        _ => tokio::task::yield_now().await,
                    }
                }
            });
            let (later,) = later.await;
            let change = tokio::spawn(change);
            stage.release(2);
            let (one, other) = within(async { tokio::join!(one, other) }).await;
            assert_eq!((one.unwrap(), other.unwrap()), ((0, false), (0, false)));
            // It is the change that gets this.
            stage.release(1);
            assert_eq!(within(change).await.unwrap().unwrap(), (0, false));
            stage.release(1);
            assert_eq!(within(later).await.unwrap().unwrap(), (0, false));
        }
    )* };
}

reading! {
    calls_that_read_run_together_and_do_not_overtake_a_change_in_place InPlace;
    calls_that_read_run_together_and_do_not_overtake_a_change_on_a_thread OnThread;
}

/// Neither the queue of the thread nor the line of the calls in place is served for ever.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_in_place_and_calls_of_the_thread_take_turns() {
    let stage = Stage::new();
    let app = deploy(Both::bind(stage.clone(), Count::new())).await;
    let app = app.unwrap();
    let mut on_thread: Vec<_> = (0..4).map(|_| Box::pin(app.change(Ends::Well))).collect();
    for call in &mut on_thread {
        assert!(waits(call).await);
    }
    stage.entered(1).await;
    let mut in_place = Box::pin(app.change_in_place(Ends::Well));
    assert!(waits(&mut in_place).await);
    // The first of the thread has begun, and one more may follow it; the others come later.
    stage.release(2);
    let in_place = async {
        in_place.as_mut().await.unwrap();
    };
    let release = async {
        stage.entered(2).await;
        stage.release(1);
    };
    within(async { tokio::join!(in_place, release) }).await;
    stage.release(2);
    for seen in within(join_all(on_thread)).await {
        assert_eq!(seen.unwrap(), (0, false));
    }
    assert_eq!(stage.max_inside(), 1);
}
