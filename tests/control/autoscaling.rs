//! The number of replicas follows the load, as the simulator says.

use std::time::Duration;

use serve_runtime::ReplicaState;
use serve_runtime::autoscale::simulate::{Service, Simulation, Traffic};
use serve_runtime::prelude::*;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::support::{Count, OnDrop};

/// How long a call takes.
const SERVICE: Duration = Duration::from_millis(200);

const CONFIG: AutoscalingConfig = AutoscalingConfig::new()
    .min_replicas(1)
    .max_replicas(6)
    .target_ongoing_requests(0.8)
    .upscale_delay(Duration::from_secs(3))
    .downscale_delay(Duration::from_secs(20))
    .metrics_interval(Duration::from_secs(1))
    .look_back_period(Duration::from_secs(5));

#[deployment(max_ongoing_requests = 1, autoscaling_config = CONFIG)]
struct Model;

#[deployment]
impl Model {
    fn new() -> Self {
        Model
    }

    async fn run(&self) {
        sleep(SERVICE).await;
    }
}

/// The load: a quiet beginning, a rush, and a quiet end.
fn trace() -> Vec<f64> {
    let spans = [(0.0, 30.0, 2.0), (30.0, 80.0, 17.0), (80.0, 160.0, 2.0)];
    // Never at the moment at which the load is measured.
    let irregular = |call: u32| 0.313 + 0.2 * (f64::from(call) * 2.399).sin();
    let span = |(from, to, rate): (f64, f64, f64)| {
        let calls = ((to - from) * rate) as u32;
        (0..calls).map(move |call| from + (f64::from(call) + irregular(call)) / rate)
    };
    spans.into_iter().flat_map(span).collect()
}

/// The target number of replicas at the end of each of these seconds.
type Targets = Vec<u32>;

/// The controller of a real deployment; only the clock is the test's.
async fn observed(trace: &[f64]) -> Targets {
    let app = deploy(Model::bind()).await.unwrap();
    let control = Deployed::control(&app)
        .deployment::<Model>("Model")
        .unwrap();
    let (mut targets, mut calls, mut arrivals) = (Vec::new(), JoinSet::new(), trace.iter());
    let mut arrival = arrivals.next();
    // There is always something to do, so that the clock does not advance by itself.
    for tick in 0..(*trace.last().unwrap() as u32) * TICKS {
        let now = f64::from(tick) / f64::from(TICKS);
        while arrival.is_some_and(|at| *at <= now) {
            let handle = Deployed::handle(&app).clone();
            calls.spawn(async move { handle.run().await.unwrap() });
            arrival = arrivals.next();
        }
        tokio::time::advance(Duration::from_secs(1) / TICKS).await;
        for _ in 0..8 {
            tokio::task::yield_now().await;
        }
        // Threads build the replicas without that clock, so it waits for them.
        while control.status().count(ReplicaState::Starting) > 0 {
            tokio::task::yield_now().await;
        }
        if tick % TICKS == TICKS - 1 {
            targets.push(control.status().target_num_replicas);
        }
    }
    while let Some(answered) = calls.join_next().await {
        answered.unwrap();
    }
    targets
}

/// Ticks of the clock per second.
const TICKS: u32 = 100;

fn simulated(trace: &[f64]) -> Targets {
    let traffic = Traffic::Arrivals(trace.to_vec());
    let simulation = Simulation::new(CONFIG, Service::taking(SERVICE), traffic);
    let rows = simulation.run().unwrap().rows;
    rows.iter().map(|row| row.target).collect()
}

#[tokio::test(start_paused = true)]
async fn the_controller_follows_the_simulation() {
    let trace = trace();
    let (observed, simulated) = (observed(&trace).await, simulated(&trace));
    let highest = simulated.iter().max();
    assert!(
        *highest.unwrap() >= 4 && simulated.last() < highest,
        "{simulated:?}"
    );
    // A real call ends with a tick, so that the two may differ by a second.
    let agree = |second: usize| {
        let near = second.saturating_sub(2)..(second + 3).min(simulated.len());
        simulated[near].contains(&observed[second])
    };
    let disagree = (0..observed.len()).find(|second| !agree(*second));
    assert_eq!(disagree, None);
    assert_eq!(observed.iter().max(), highest);
}

#[deployment(autoscaling_config(
    min_replicas = 0,
    max_replicas = 2,
    downscale_delay_s = 10,
    look_back_period_s = 2,
    metrics_interval_s = 1
))]
struct Lazy {
    _dropped: OnDrop,
}

#[deployment]
impl Lazy {
    fn new(built: Count, dropped: Count) -> Self {
        built.add();
        Lazy {
            _dropped: dropped.on_drop(),
        }
    }

    fn run(&self, number: u32) -> u32 {
        number
    }
}

#[graph]
fn one_lazy(built: Count, dropped: Count) -> u32 {
    let model = Lazy::bind(built, dropped);
    input(|number: u32| model.run(number))
}

#[tokio::test(start_paused = true)]
async fn from_zero_the_first_request_waits_and_succeeds_and_to_zero_when_it_is_quiet() {
    let (built, dropped) = (Count::new(), Count::new());
    let app = deploy(one_lazy(built.clone(), dropped.clone()))
        .await
        .unwrap();
    assert_eq!(built.get(), 0);
    for round in 1..3 {
        let (one, two) = tokio::join!(app.call(1), app.call(2));
        assert_eq!((one.unwrap(), two.unwrap()), (1, 2));
        assert!(built.get() >= round);
        while dropped.get() < built.get() {
            sleep(Duration::from_millis(100)).await;
            std::thread::yield_now();
        }
        assert!(
            Deployed::control(&app).status()[0]
                .replicas
                .iter()
                .all(|replica| replica.message.is_empty())
        );
    }
    Deployed::control(&app).health().unwrap();
}
