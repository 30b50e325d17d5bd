//! The best schedule: one replica whose batches take `a * n + b`, simulated under every policy of the
//! form "start with `k` calls, or once the first has waited for `w`", of which `k = 1` is to start at once.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// What a batch takes, in microseconds.
#[derive(Clone, Copy)]
pub struct Cost {
    pub per_call: u64,
    pub per_batch: u64,
}

impl Cost {
    pub fn of(self, calls: usize) -> u64 {
        self.per_call * calls as u64 + self.per_batch
    }

    /// Calls a second, at most.
    pub fn capacity(self, max_batch_size: usize) -> f64 {
        max_batch_size as f64 / self.of(max_batch_size) as f64 * 1e6
    }
}

/// When calls come.
pub enum Calls {
    /// At these microseconds.
    At(Vec<u64>),
    /// So many callers, each of whom calls again as soon as answered, for so many microseconds.
    Callers { callers: usize, until: u64 },
}

/// How a schedule did.
#[derive(Clone, Copy)]
pub struct Outcome {
    /// Calls a second.
    pub throughput: f64,
    /// Microseconds from a call until its answer.
    pub latency: f64,
}

#[derive(Clone, Copy)]
struct Policy {
    calls: usize,
    wait: u64,
}

/// The most throughput, and the least latency among those with as much.
pub fn best(calls: &Calls, cost: Cost, max_batch_size: usize) -> Outcome {
    let waits = [0.0, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0];
    let waits = waits.map(|part| (cost.per_batch as f64 * part) as u64);
    let policies = (1..=max_batch_size).flat_map(|calls| waits.map(|wait| Policy { calls, wait }));
    let outcomes: Vec<Outcome> = policies
        .map(|policy| simulate(calls, cost, max_batch_size, policy))
        .collect();
    let most = outcomes
        .iter()
        .map(|outcome| outcome.throughput)
        .fold(0.0, f64::max);
    let latencies = outcomes
        .iter()
        .filter(|outcome| outcome.throughput >= 0.999 * most)
        .map(|outcome| outcome.latency);
    Outcome {
        throughput: most,
        latency: latencies.fold(f64::INFINITY, f64::min),
    }
}

fn simulate(calls: &Calls, cost: Cost, max_batch_size: usize, policy: Policy) -> Outcome {
    let (mut coming, until): (BinaryHeap<Reverse<u64>>, u64) = match calls {
        Calls::At(times) => (times.iter().copied().map(Reverse).collect(), u64::MAX),
        Calls::Callers { callers, until } => (vec![Reverse(0); *callers].into(), *until),
    };
    let (mut waiting, mut done) = (VecDeque::new(), Vec::new());
    let mut now = 0;
    loop {
        admit(&mut coming, &mut waiting, now);
        if waiting.is_empty() {
            match coming.pop() {
                Some(Reverse(next)) => {
                    now = next.max(now);
                    waiting.push_back(next);
                    admit(&mut coming, &mut waiting, now);
                }
                None => return outcome(&done),
            }
        }
        let deadline = now + policy.wait;
        while waiting.len() < policy.calls {
            match coming.pop() {
                Some(Reverse(next)) if next <= deadline => {
                    now = next;
                    waiting.push_back(next);
                }
                next => {
                    coming.extend(next);
                    now = deadline;
                    break;
                }
            }
        }
        let batch: Vec<u64> = waiting.drain(..waiting.len().min(max_batch_size)).collect();
        now += cost.of(batch.len());
        for since in batch {
            done.push((since, now));
            if matches!(calls, Calls::Callers { .. }) && now < until {
                coming.push(Reverse(now));
            }
        }
    }
}

fn admit(coming: &mut BinaryHeap<Reverse<u64>>, waiting: &mut VecDeque<u64>, now: u64) {
    while coming.peek().is_some_and(|Reverse(next)| *next <= now) {
        waiting.extend(coming.pop().map(|Reverse(next)| next));
    }
}

/// Of calls and answers in microseconds. The first fifth is for warming up.
pub fn outcome(done: &[(u64, u64)]) -> Outcome {
    let mut done = done.to_vec();
    done.sort_by_key(|(_, answered)| *answered);
    let warm = &done[done.len() / 5..];
    let (Some((_, first)), Some((_, last))) = (warm.first(), warm.last()) else {
        panic!("no call was answered");
    };
    let latencies: u64 = warm.iter().map(|(since, answered)| answered - since).sum();
    // Those that were answered together with the first are not counted: their work was before.
    let counted = warm.iter().filter(|(_, answered)| answered > first).count();
    Outcome {
        throughput: counted as f64 / (last - first).max(1) as f64 * 1e6,
        latency: latencies as f64 / warm.len() as f64,
    }
}
