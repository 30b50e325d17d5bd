//! The batcher against the best schedule that a simulator finds, and against no batches where there is
//! nothing to gather. Run it with `cargo bench -p serve-benches --bench batching`; with `--features
//! encoder -- path/to/model.onnx` a sentence encoder is measured as well.

#![allow(missing_docs, unreachable_pub, clippy::unwrap_used)]

#[cfg(feature = "encoder")]
mod encoder;
mod load;
mod schedule;

use std::time::Instant;

use serve_runtime::prelude::*;
use tokio::runtime::{Builder, Runtime};

use self::load::Synthetic;
use self::schedule::{Calls, Cost, Outcome};

pub const MAX_BATCH_SIZE: u32 = 16;

/// Seconds that each load lasts.
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
    let costs = [(250, 4_000), (1_000, 2_000), (2_000, 500)];
    let mut worst = f64::INFINITY;
    for cost in costs.map(|(per_call, per_batch)| Cost {
        per_call,
        per_batch,
    }) {
        for (name, calls) in loads(cost) {
            worst = worst.min(against_the_best(&runtime, cost, &name, &calls));
        }
    }
    println!("the worst throughput is {worst:.3} of the best");
    println!("\nlatency of one caller, batched against the same method without batches");
    for cost in [(0, 0), (100, 200), (1_000, 2_000)] {
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

fn loads(cost: Cost) -> Vec<(String, Calls)> {
    let until = (SECONDS * 1e6) as u64;
    let callers = [1, 2, 3, 5, 8, 16, 40].map(|callers| {
        (
            format!("{callers} callers"),
            Calls::Callers { callers, until },
        )
    });
    let capacity = cost.capacity(MAX_BATCH_SIZE as usize);
    let open = [0.1, 0.4, 0.7, 0.9, 1.2].map(|load| {
        let name = format!("random, {:.0}% of capacity", load * 100.0);
        (name, Calls::At(random(load * capacity, until)))
    });
    let bursts = [3, 12].map(|size| {
        let apart = size as f64 / (0.6 * capacity) * 1e6;
        let starts = (0..(SECONDS * 1e6 / apart) as u64).map(|i| (i as f64 * apart) as u64);
        let times = starts.flat_map(|start| (0..size).map(move |i| start + i * 50));
        (format!("bursts of {size}"), Calls::At(times.collect()))
    });
    callers.into_iter().chain(open).chain(bursts).collect()
}

/// Calls that know nothing of each other, so many a second.
fn random(rate: f64, until: u64) -> Vec<u64> {
    let (mut state, mut at, mut times) = (0x9E37_79B9_7F4A_7C15_u64, 0.0, Vec::new());
    loop {
        // xorshift64*
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        let uniform =
            (state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11) as f64 / (1_u64 << 53) as f64;
        at -= (1.0 - uniform).ln() / rate * 1e6;
        if at as u64 >= until {
            return times;
        }
        times.push(at as u64);
    }
}

fn against_the_best(runtime: &Runtime, cost: Cost, name: &str, calls: &Calls) -> f64 {
    let app = runtime.block_on(deploy(Synthetic::bind(cost))).unwrap();
    let call = || {
        let app = app.clone();
        async move {
            app.batched(1).await.unwrap();
        }
    };
    let (real, made) = load::run(runtime, calls, call);
    let size = serve_runtime::batch::stats(&*app)[0].mean_size();
    let best = schedule::best(&made, cost, MAX_BATCH_SIZE as usize);
    let of_best = |of: fn(&Outcome) -> f64| of(&real) / of(&best);
    let throughput = of_best(|outcome| outcome.throughput);
    let latency = of_best(|outcome| outcome.latency);
    let (a, b) = (cost.per_call as f64 / 1e3, cost.per_batch as f64 / 1e3);
    println!(
        "{:<10} {name:<26} {:>8.0} {throughput:>10.3} {size:>7.1} {:>7.2} ms {latency:>7.2}",
        format!("{a}, {b}"),
        real.throughput,
        real.latency / 1e3,
    );
    throughput
}

/// One caller, who calls again once answered: there is nothing to gather.
fn alone(runtime: &Runtime, cost: Cost) {
    let app = runtime.block_on(deploy(Synthetic::bind(cost))).unwrap();
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
