//! From no replica to several and back to none while requests arrive, and other changes meanwhile.

use std::time::Duration;

use serve_runtime::prelude::*;
use serve_runtime::{DeploymentControl, ReplicaState};
use tokio::time::sleep;

use crate::support::{Count, OnDrop, Stage, waits};
use crate::tally::tally;

const CONFIG: AutoscalingConfig = AutoscalingConfig::new()
    .min_replicas(0)
    .max_replicas(4)
    .target_ongoing_requests(1.0)
    .upscale_delay(Duration::from_millis(500))
    .downscale_delay(Duration::from_secs(5))
    .metrics_interval(Duration::from_millis(250))
    .look_back_period(Duration::from_secs(1));

#[deployment(
    max_ongoing_requests = 1,
    max_queued_requests = 1_000,
    autoscaling_config = CONFIG
)]
struct Scaled {
    _here: OnDrop,
}

#[deployment]
impl Scaled {
    fn new(built: Count, gone: Count) -> Self {
        built.add();
        Scaled {
            _here: gone.on_drop(),
        }
    }

    async fn run(&self, number: u32) -> u32 {
        sleep(Duration::from_millis(100)).await;
        number
    }
}

/// Moves the clock on until the future has ended. Threads build the replicas without that clock, so it waits
/// for them.
async fn with_clock<T>(control: &DeploymentControl<Scaled>, future: impl Future<Output = T>) -> T {
    let clock = async {
        loop {
            tokio::task::yield_now().await;
            if control.status().count(ReplicaState::Starting) == 0 {
                tokio::time::advance(Duration::from_millis(10)).await;
            }
        }
    };
    tokio::select! {
        output = future => output,
        () = clock => unreachable!("the clock never ends"),
    }
}

#[tokio::test(start_paused = true)]
async fn each_request_is_answered_from_no_replica_to_several_and_back() {
    let (built, gone) = (Count::new(), Count::new());
    let app = deploy(Scaled::bind(built.clone(), gone.clone()))
        .await
        .unwrap();
    let control = Deployed::control(&app)
        .deployment::<Scaled>("Scaled")
        .unwrap();
    for round in 1..=3 {
        assert_eq!(built.get(), gone.get(), "none is left");
        let before = built.get();
        let requests = tally(200, |number| {
            let handle = Deployed::handle(&app).clone();
            async move {
                sleep(Duration::from_millis(u64::from(number) * 20)).await;
                handle.run(number).await
            }
        });
        let tally = with_clock(&control, requests).await;
        assert_eq!(tally.answered, 200, "round {round}: {tally:?}");
        assert!(
            built.get() - before >= 3,
            "round {round}: it did not scale up"
        );
        with_clock(&control, sleep(Duration::from_secs(60))).await;
    }
    assert_eq!(built.get(), gone.get());
}

/// Reconfigured while it is called; panics if a call comes before its first configuration.
#[deployment(num_replicas = 2, max_queued_requests = 10_000)]
struct Tuned(u32);

#[deployment]
impl Tuned {
    fn new() -> Self {
        Tuned(0)
    }

    fn run(&self, number: u32) -> u32 {
        assert_ne!(self.0, 0, "called before it was configured");
        number
    }

    fn reconfigure(&mut self, factor: u32) {
        self.0 = factor;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_of_every_kind_under_load_lose_no_call() {
    let app = deploy(Tuned::bind().user_config(1)).await.unwrap();
    let control = Deployed::control(&app)
        .deployment::<Tuned>("Tuned")
        .unwrap();
    let changes = async {
        for round in 2..6 {
            control.reconfigure(round).await.unwrap();
            control.scale(round).await.unwrap();
            control
                .update(Tuned::bind().user_config(1).num_replicas(1))
                .await
                .unwrap();
        }
    };
    let requests = tally(5_000, |number| {
        let handle = Deployed::handle(&app).clone();
        async move { handle.run(number).await }
    });
    let (tally, ()) = tokio::join!(requests, changes);
    assert_eq!(tally.answered, 5_000, "{tally:?}");
}

/// The constructors of all replicas but the first wait until the test releases them.
#[deployment(max_queued_requests = 10)]
struct Slow {
    calls: Stage,
}

#[deployment]
impl Slow {
    fn new(built: Count, builds: Stage, calls: Stage) -> Self {
        if built.add() > 0 {
            builds.block();
        }
        Slow { calls }
    }

    fn run(&self) {
        self.calls.block();
    }
}

#[tokio::test(start_paused = true)]
async fn starting_replicas_do_not_cause_further_ones() {
    let (built, builds, calls) = (Count::new(), Stage::new(), Stage::new());
    let bound = Slow::bind(built, builds.clone(), calls.clone());
    let app = deploy(
        bound.autoscaling_config(
            CONFIG
                .min_replicas(1)
                .max_replicas(20)
                .upscale_delay(Duration::ZERO),
        ),
    )
    .await
    .unwrap();
    let (mut made, mut queued) = (Box::pin(app.run()), Box::pin(app.run()));
    assert!(waits(&mut made).await && waits(&mut queued).await);
    for _ in 0..1_000 {
        tokio::task::yield_now().await;
        tokio::time::advance(Duration::from_millis(10)).await;
    }
    assert_eq!(
        Deployed::control(&app).status()[0].target_num_replicas,
        2,
        "there are two calls"
    );
    // While the test waits for threads, a paused clock would run ahead to the next health checks.
    tokio::time::resume();
    builds.release(1);
    calls.release(2);
    let (made, queued) = tokio::join!(made, queued);
    assert!(made.is_ok() && queued.is_ok());
}
