//! The batcher against the best schedule that a simulator finds, and against no batches where there is
//! nothing to gather. Run it with `cargo bench -p serve-benches --bench batching`; with `--features
//! encoder -- path/to/model.onnx` a sentence encoder is measured as well.

#![allow(missing_docs, unreachable_pub, clippy::unwrap_used)]

#[cfg(feature = "encoder")]
mod encoder;
mod load;

use std::time::Instant;

use serve_runtime::prelude::*;
use serve_schedules::{Calls, Cost, Outcome};
use tokio::runtime::{Builder, Runtime};

use self::load::{Synthetic, Took};

pub const MAX_BATCH_SIZE: u32 = 16;

/// The seconds for which each load runs.
const SECONDS: f64 = 2.0;

fn main() {
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    println!("a batch of n calls takes a * n + b; at most {MAX_BATCH_SIZE} calls");
    println!("\nthroughput, and latency, against the best of the simulated schedules");
    println!(
        "{:<10} {:<26} {:>8} {:>10} {:>7} {:>10} {:>7}",
        "a, b in ms", "load", "calls/s", "of best", "size", "latency", "of best"
    );
    let costs = [(250.0, 4_000.0), (1_000.0, 2_000.0), (2_000.0, 500.0)];
    let mut worst = f64::INFINITY;
    for (per_call, per_batch) in costs {
        let cost = Cost {
            per_call,
            per_batch,
        };
        let until = (SECONDS * 1e6) as u64;
        for (name, calls) in serve_schedules::loads(cost, MAX_BATCH_SIZE as usize, until) {
            worst = worst.min(against_the_best(&runtime, cost, &name, &calls));
        }
    }
    println!("the worst throughput is {worst:.3} of the best");
    println!("\nlatency of one caller, batched against the same method without batches");
    for cost in [(0.0, 0.0), (100.0, 200.0), (1_000.0, 2_000.0)] {
        alone(
            &runtime,
            Cost {
                per_call: cost.0,
                per_batch: cost.1,
            },
        );
    }
    #[cfg(feature = "encoder")]
    encoder::measure(&runtime);
}

fn against_the_best(runtime: &Runtime, cost: Cost, name: &str, calls: &Calls) -> f64 {
    let took = Took::default();
    let synthetic = Synthetic::bind(cost, took.clone());
    let app = runtime.block_on(deploy(synthetic)).unwrap();
    let call = || {
        let app = app.clone();
        async move {
            app.batched(1).await.unwrap();
        }
    };
    let (real, made) = load::run(runtime, calls, call);
    let size = Deployed::control(&app)
        .deployment::<Synthetic>("Synthetic")
        .unwrap()
        .batches()[0]
        .mean_size();
    // On a busy machine batches take longer than asked for; so do those of the best schedule.
    let stretch = took.stretch();
    let stretched = Cost {
        per_call: cost.per_call * stretch,
        per_batch: cost.per_batch * stretch,
    };
    let best = serve_schedules::best(&made, stretched, MAX_BATCH_SIZE as usize);
    let of_best = |of: fn(&Outcome) -> f64| of(&real) / of(&best);
    let throughput = of_best(|outcome| outcome.throughput);
    let latency = of_best(|outcome| outcome.latency);
    let (a, b) = (cost.per_call / 1e3, cost.per_batch / 1e3);
    println!(
        "{:<10} {name:<26} {:>8.0} {throughput:>10.3} {size:>7.1} {:>7.2} ms {latency:>7.2}",
        format!("{a}, {b}"),
        real.throughput,
        real.latency / 1e3,
    );
    throughput
}

/// One caller, which calls again once answered: there is nothing to gather.
fn alone(runtime: &Runtime, cost: Cost) {
    let app = runtime
        .block_on(deploy(Synthetic::bind(cost, Took::default())))
        .unwrap();
    let rounds = 2_000_000 / (cost.of(1) + 100);
    let (mut batched, mut single) = (Vec::new(), Vec::new());
    runtime.block_on(async {
        for round in 0..rounds {
            let start = Instant::now();
            app.batched(round).await.unwrap();
            batched.push(start.elapsed().as_nanos() as f64 / 1e3);
            let start = Instant::now();
            app.single(round).await.unwrap();
            single.push(start.elapsed().as_nanos() as f64 / 1e3);
        }
    });
    let (batched, single) = (median(batched), median(single));
    println!(
        "work of {:>5} us: {batched:>8.1} us against {single:>8.1} us, ratio {:.3}",
        cost.of(1),
        batched / single
    );
}

pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
