//! From no replica to several and back to none, while requests come; and changes meanwhile.

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

/// Moves the clock on until it is over. Threads, which build the replicas, know nothing of that clock: it
/// waits for them.
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
        () = clock => unreachable!("it goes on for ever"),
    }
}

#[tokio::test(start_paused = true)]
async fn from_none_to_several_to_none_each_request_is_answered() {
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

/// Reconfigured while it is called; an `f` says by which number it multiplies.
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
async fn changes_of_every_kind_under_load_lose_nothing() {
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

/// Its replicas, but for the first one, are built when the test says so.
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
async fn replicas_that_start_are_no_reason_to_start_others() {
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
    // While threads are waited for, a paused clock would run ahead to the next health check, and the one after.
    tokio::time::resume();
    builds.release(1);
    calls.release(2);
    let (made, queued) = tokio::join!(made, queued);
    assert!(made.is_ok() && queued.is_ok());
}
