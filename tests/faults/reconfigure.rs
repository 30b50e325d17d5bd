//! A `reconfigure` that never ends, and replicas that are lost while they are reconfigured.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serve_runtime::prelude::*;
use serve_runtime::{ErrorKind, ReplicaState, Status};

use crate::support::{Count, Stage, others_make_progress, within};

/// What happens to a replica that is given the `user_config` 0.
#[derive(Clone)]
struct Plot {
    built: Count,
    gone: Count,
    /// Replicas that are being reconfigured with 0, and wait for the stage.
    begun: Count,
    stage: Stage,
}

impl Plot {
    fn new() -> Self {
        Plot {
            built: Count::new(),
            gone: Count::new(),
            begun: Count::new(),
            stage: Stage::new(),
        }
    }

    fn take(&self, config: u32) {
        if config == 0 {
            self.begun.add();
            self.stage.block();
        }
    }
}

macro_rules! deployments {
    ($($Name:ident($timeout:literal) { $($method:tt)* })*) => { $(
        #[deployment(num_replicas = 2, health_check_timeout_s = $timeout)]
        struct $Name {
            plot: Plot,
            config: u32,
            _here: crate::support::OnDrop,
        }

        #[deployment]
        impl $Name {
            fn new(plot: Plot) -> Self {
                plot.built.add();
                let _here = plot.gone.on_drop();
                $Name { plot, config: 1, _here }
            }

            fn reconfigure(&mut self, config: u32) {
                self.plot.take(config);
                self.config = config;
            }

            $($method)*
        }
    )* };
}

deployments! {
    InPlace(0.15) {
        async fn run(&self) -> u32 {
            self.config
        }
    }
    Computing(0.15) {
        fn run(&self) -> u32 {
            self.config
        }
    }
    Mixed(0.15) {
        fn run(&self) -> u32 {
            self.config
        }

        async fn in_place(&self) -> u32 {
            self.config
        }
    }
    Patient(1000) {
        async fn run(&self) -> u32 {
            self.config
        }
    }
}

macro_rules! one_that_never_ends {
    ($test:ident, $Name:ident) => {
        #[tokio::test]
        async fn $test() {
            let plot = Plot::new();
            let app = deploy($Name::bind(plot.clone()).user_config(7))
                .await
                .unwrap();
            let control = Deployed::control(&app)
                .deployment::<$Name>(stringify!($Name))
                .unwrap();
            let error = within(control.reconfigure(0)).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Unavailable);
            let message = error.to_string();
            assert!(
                message.starts_with(concat!(
                    "`",
                    stringify!($Name),
                    "` was not reconfigured: replica 0 did"
                )),
                "{message}"
            );
            // Its successor has the previous `user_config`, and the other replica is unchanged.
            plot.built.reaches(3).await;
            within(async {
                while control.status().count(ReplicaState::Ready) < 2 {
                    tokio::task::yield_now().await
                }
            })
            .await;
            let status = control.status();
            assert_eq!((status.status, status.message), (Status::Healthy, message));
            for _ in 0..6 {
                assert_eq!(within(app.run()).await.unwrap(), 7);
            }
            assert_eq!((plot.built.get(), plot.begun.get()), (3, 1));
            // Another `user_config` is accepted as usual.
            within(control.reconfigure(3)).await.unwrap();
            assert_eq!(within(app.run()).await.unwrap(), 3);
            assert_eq!(control.status().status, Status::Healthy);
            plot.stage.release(1);
            plot.gone.reaches(1).await;
            assert_eq!(within(app.run()).await.unwrap(), 3);
        }
    };
}

one_that_never_ends!(one_that_never_ends_in_place_is_given_up, InPlace);
one_that_never_ends!(one_that_never_ends_on_a_thread_is_given_up, Computing);
one_that_never_ends!(one_that_never_ends_of_a_shared_replica_is_given_up, Mixed);

#[tokio::test]
async fn a_replica_retired_while_it_is_reconfigured_does_not_return() {
    let plot = Plot::new();
    let bound = Patient::bind(plot.clone()).user_config(7).num_replicas(1);
    let app = deploy(bound).await.unwrap();
    let control = Deployed::control(&app)
        .deployment::<Patient>("Patient")
        .unwrap();
    let (other, handle) = (control.clone(), Deployed::handle(&app).clone());
    let reconfigured = tokio::spawn(async move { other.reconfigure(0).await });
    plot.begun.reaches(1).await;
    let other = control.clone();
    let scaled = tokio::spawn(async move { other.scale(0).await });
    within(async {
        while control.status().count(ReplicaState::Draining) == 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let refused = within(handle.run()).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Unavailable);
    plot.stage.release(1);
    within(scaled).await.unwrap().unwrap();
    within(reconfigured).await.unwrap().unwrap();
    plot.gone.reaches(1).await;
    within(handle.run()).await.unwrap_err();
}

/// Panics in a call that began before it is reconfigured.
#[deployment]
struct Doomed {
    plot: Plot,
    doom: Arc<AtomicBool>,
}

#[deployment]
impl Doomed {
    fn new(plot: Plot, doom: Arc<AtomicBool>) -> Self {
        plot.built.add();
        Doomed { plot, doom }
    }

    async fn run(&self) {
        self.plot.begun.add();
        while !self.doom.load(Ordering::SeqCst) {
            tokio::task::yield_now().await;
        }
        panic!("as asked");
    }

    async fn number(&self) -> usize {
        self.plot.built.get()
    }

    fn reconfigure(&self, _config: u32) {}
}

#[tokio::test]
async fn a_replica_that_panics_while_it_waits_to_be_reconfigured_is_replaced() {
    let (plot, doom) = (Plot::new(), Arc::new(AtomicBool::new(false)));
    let app = deploy(Doomed::bind(plot.clone(), Arc::clone(&doom)))
        .await
        .unwrap();
    let control = Deployed::control(&app)
        .deployment::<Doomed>("Doomed")
        .unwrap();
    let handle = Deployed::handle(&app).clone();
    let doomed = tokio::spawn(async move { handle.run().await });
    plot.begun.reaches(1).await;
    let other = control.clone();
    let reconfigured = tokio::spawn(async move { other.reconfigure(1).await });
    within(async {
        while control.status().count(ReplicaState::Updating) == 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    doom.store(true, Ordering::SeqCst);
    let error = within(doomed).await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Panicked);
    within(reconfigured).await.unwrap().unwrap();
    assert_eq!(within(app.number()).await.unwrap(), 2);
}

/// Counts how often it is reconfigured.
#[deployment]
struct Shy {
    stage: Stage,
    asked: Count,
}

#[deployment]
impl Shy {
    fn new(stage: Stage, asked: Count) -> Self {
        Shy { stage, asked }
    }

    async fn run(&self) {
        self.stage.hold().await;
    }

    fn reconfigure(&self, _config: ()) {
        self.asked.add();
    }
}

#[tokio::test]
async fn a_replica_finishes_its_calls_before_it_is_reconfigured() {
    let (stage, asked) = (Stage::new(), Count::new());
    let app = deploy(Shy::bind(stage.clone(), asked.clone()))
        .await
        .unwrap();
    let control = Deployed::control(&app).deployment::<Shy>("Shy").unwrap();
    let calls = [0, 1].map(|_| {
        let handle = Deployed::handle(&app).clone();
        tokio::spawn(async move { handle.run().await })
    });
    stage.entered(2).await;
    let other = control.clone();
    let reconfigured = tokio::spawn(async move { other.reconfigure(()).await });
    within(async {
        while control.status().count(ReplicaState::Updating) == 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    for left in [0, 1] {
        stage.left().reaches(left).await;
        within(others_make_progress()).await;
        assert_eq!(asked.get(), 0, "asked during a call");
        stage.release(1);
    }
    for call in calls {
        within(call).await.unwrap().unwrap();
    }
    within(reconfigured).await.unwrap().unwrap();
    assert_eq!(asked.get(), 1);
}

#[tokio::test]
async fn a_call_that_waits_for_a_replica_to_be_reconfigured_is_made_afterwards() {
    let plot = Plot::new();
    let bound = Patient::bind(plot.clone()).num_replicas(1);
    let app = deploy(bound).await.unwrap();
    let control = Deployed::control(&app)
        .deployment::<Patient>("Patient")
        .unwrap();
    let reconfigured = tokio::spawn(async move { control.reconfigure(0).await });
    plot.begun.reaches(1).await;
    let mut call = Box::pin(app.run());
    assert!(crate::support::waits(&mut call).await);
    plot.stage.release(1);
    within(reconfigured).await.unwrap().unwrap();
    assert_eq!(within(call).await.unwrap(), 0);
}
