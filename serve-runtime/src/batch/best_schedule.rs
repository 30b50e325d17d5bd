//! The batcher's policy against the best of many schedules, in simulated time.

use std::time::{Duration, Instant};

use serve_schedules::{Cost, Policy, best, loads, simulate};

use crate::batch::arrival_stats::{ArrivalStats, Event};

const MAX_BATCH_SIZE: usize = 16;

/// The batcher's policy on the simulation's clock.
struct Adaptive {
    start: Instant,
    stats: ArrivalStats,
}

impl Adaptive {
    fn new() -> Self {
        Adaptive {
            start: Instant::now(),
            stats: ArrivalStats::default(),
        }
    }

    fn at(&self, now: u64) -> Instant {
        self.start + Duration::from_micros(now)
    }
}

impl Policy for Adaptive {
    fn arrived(&mut self, waiting: usize, now: u64) {
        self.stats
            .record_event(Event::Arrival, waiting, self.at(now));
    }

    fn begins(&mut self, since: u64) {
        self.stats.record_start(self.at(since));
    }

    fn patience(&mut self, in_hand: usize, waited: u64, now: u64) -> u64 {
        let longest = Duration::from_millis(10).saturating_sub(Duration::from_micros(waited));
        let patience = self.stats.patience(in_hand, self.at(now));
        patience.min(longest).as_micros() as u64
    }

    fn ran(&mut self, calls: usize, took: u64, waiting: usize, now: u64) {
        let took = Duration::from_micros(took);
        self.stats.record_batch(calls, took, waiting, self.at(now));
    }
}

/// Throughput and latency against the best, for each load.
fn against_the_best(per_call: f64, per_batch: f64) -> Vec<(String, f64, f64)> {
    let cost = Cost {
        per_call,
        per_batch,
    };
    let loads = loads(cost, MAX_BATCH_SIZE, 2_000_000).into_iter();
    let compared = loads.map(|(name, calls)| {
        let best = best(&calls, cost, MAX_BATCH_SIZE);
        let own = simulate(&calls, cost, MAX_BATCH_SIZE, &mut Adaptive::new());
        let throughput = own.throughput / best.throughput;
        (name, throughput, own.latency / best.latency)
    });
    compared.collect()
}

const COSTS: [(f64, f64); 4] = [
    (250.0, 4_000.0),
    (1_000.0, 2_000.0),
    (2_000.0, 500.0),
    (10.0, 8_000.0),
];

#[test]
fn throughput_is_near_that_of_the_best_schedule() {
    for (per_call, per_batch) in COSTS {
        for (name, throughput, _) in against_the_best(per_call, per_batch) {
            assert!(
                throughput >= 0.97,
                "a = {per_call}, b = {per_batch}, {name}: {throughput}"
            );
        }
    }
}

#[test]
fn a_single_caller_is_answered_as_soon_as_without_batches() {
    for (per_call, per_batch) in COSTS {
        let (name, _, latency) = against_the_best(per_call, per_batch).remove(0);
        assert_eq!(name, "1 callers");
        assert!(latency < 1.001, "{latency}");
    }
}
