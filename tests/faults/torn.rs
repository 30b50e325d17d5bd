//! No call sees a replica whose `reconfigure` has not ended.

use std::sync::atomic::{AtomicU32, Ordering};

use serve_runtime::prelude::*;

use crate::support::{Count, Stage, others_make_progress, waits, within};

/// The first replica waits on the stage halfway, and then panics if the test asks for that.
struct Halves {
    number: usize,
    stage: Stage,
    left: AtomicU32,
    right: AtomicU32,
}

const SLOW: u32 = 2;
const TORN: u32 = 3;

/// Returns the replica, and the two halves of its configuration.
type Seen = (usize, u32, u32);

impl Halves {
    fn new(stage: Stage, built: &Count) -> Self {
        Halves {
            number: built.add(),
            stage,
            left: AtomicU32::new(1),
            right: AtomicU32::new(1),
        }
    }

    fn change(&self, config: u32) {
        self.left.store(config, Ordering::SeqCst);
        if self.number == 0 {
            self.stage.block();
            assert_ne!(config, TORN, "torn");
        }
        self.right.store(config, Ordering::SeqCst);
    }

    fn seen(&self) -> Seen {
        let [left, right] = [&self.left, &self.right].map(|half| half.load(Ordering::SeqCst));
        (self.number, left, right)
    }
}

macro_rules! deployments {
    ($($Name:ident { $($method:tt)* })*) => { $(
        #[deployment]
        struct $Name {
            halves: Halves,
        }

        #[deployment]
        impl $Name {
            fn new(stage: Stage, built: Count) -> Self {
                $Name { halves: Halves::new(stage, &built) }
            }

            fn reconfigure(&self, config: u32) {
                self.halves.change(config);
            }

            fn on_thread(&self) -> Seen {
                self.halves.seen()
            }

            $($method)*
        }
    )* };
}

deployments! {
    Computing {}
    Mixed {
        async fn in_place(&self) -> Seen {
            self.halves.seen()
        }
    }
}

macro_rules! a_torn_replica_is_not_called {
    ($test:ident, $Name:ident: $($method:ident),*) => {
        #[tokio::test]
        async fn $test() {
            let (stage, built) = (Stage::new(), Count::new());
            let app = deploy($Name::bind(stage.clone(), built)).await.unwrap();
            let control = Deployed::control(&app).deployment::<$Name>(stringify!($Name)).unwrap();
            for (config, by) in [(SLOW, 0), (TORN, 1)] {
                let control = control.clone();
                let reconfigured = tokio::spawn(async move { control.reconfigure(config).await });
                stage.entered(1).await;
                let mut calls = Vec::new();
                $(for _ in 0..4 {
                    let mut call = Box::pin(app.$method());
                    assert!(waits(&mut call).await);
                    calls.push(futures_util::FutureExt::boxed_local(call));
                })*
                within(others_make_progress()).await;
                stage.release(1);
                for call in calls {
                    assert_eq!(within(call).await.unwrap(), (by, config, config));
                }
                within(reconfigured).await.unwrap().unwrap();
            }
        }
    };
}

a_torn_replica_is_not_called!(a_torn_replica_on_a_thread_is_not_called, Computing: on_thread);
a_torn_replica_is_not_called!(a_torn_shared_replica_is_not_called, Mixed: on_thread, in_place);

#[tokio::test]
async fn a_shared_replica_finishes_the_call_on_its_thread_before_it_is_reconfigured() {
    let (stage, asked) = (Stage::new(), Count::new());
    let app = deploy(Busy::bind(stage.clone(), asked.clone()))
        .await
        .unwrap();
    let control = Deployed::control(&app).deployment::<Busy>("Busy").unwrap();
    let mut call = Box::pin(app.run());
    assert!(waits(&mut call).await);
    stage.entered(1).await;
    let mut reconfigured = Box::pin(control.reconfigure(()));
    assert!(waits(&mut reconfigured).await);
    within(others_make_progress()).await;
    assert_eq!(asked.get(), 0, "asked during a call");
    stage.release(1);
    within(reconfigured).await.unwrap();
    within(call).await.unwrap();
    // By then it has been reconfigured once, and takes calls in place again.
    assert_eq!(within(app.asked()).await.unwrap(), 1);
}

/// Counts how often it is reconfigured.
#[deployment]
struct Busy {
    stage: Stage,
    asked: Count,
}

#[deployment]
impl Busy {
    fn new(stage: Stage, asked: Count) -> Self {
        Busy { stage, asked }
    }

    fn run(&self) {
        self.stage.block();
    }

    async fn asked(&self) -> usize {
        self.asked.get()
    }

    fn reconfigure(&self, _config: ()) {
        self.asked.add();
    }
}
