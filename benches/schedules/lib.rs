//! Schedules in simulated time: one replica whose batches take `a * n + b`, under a policy of waiting.
//!
//! The batcher's tests run its own policy here, and the benchmark `batching` compares the batcher
//! itself with the best schedule of a search: start with `k` calls, or once the first has waited for
//! `w`, for all `k` and many `w`; `k = 1` starts at once.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// The time of a batch, in microseconds.
#[derive(Debug, Clone, Copy)]
pub struct Cost {
    /// For each call in it.
    pub per_call: f64,
    /// For the batch, whatever its size.
    pub per_batch: f64,
}

impl Cost {
    /// The time of a batch of `calls` calls.
    pub fn of(self, calls: usize) -> u64 {
        (self.per_call * calls as f64 + self.per_batch) as u64
    }

    /// The maximum number of calls per second.
    pub fn capacity(self, max_batch_size: usize) -> f64 {
        max_batch_size as f64 / self.of(max_batch_size) as f64 * 1e6
    }
}

/// When calls come.
#[derive(Debug)]
pub enum Calls {
    /// At these microseconds.
    At(Vec<u64>),
    /// A number of callers, each of which calls again as soon as it is answered, for a number of microseconds.
    Callers {
        /// How many there are.
        callers: usize,
        /// When the last of them stops calling.
        until: u64,
    },
}

/// The loads of a method for a number of microseconds: callers that wait for answers, independent
/// calls, and bursts.
pub fn loads(cost: Cost, max_batch_size: usize, until: u64) -> Vec<(String, Calls)> {
    let callers = [1, 2, 3, 5, 8, 16, 40].map(|callers| {
        let calls = Calls::Callers { callers, until };
        (format!("{callers} callers"), calls)
    });
    let capacity = cost.capacity(max_batch_size);
    let open = [0.1, 0.4, 0.7, 0.9, 1.2].map(|load| {
        let name = format!("random, {:.0}% of capacity", load * 100.0);
        (name, Calls::At(random(load * capacity, until)))
    });
    let bursts = [3, 12].map(|size| {
        let apart = size as f64 / (0.6 * capacity) * 1e6;
        let starts = (0..(until as f64 / apart) as u64).map(|i| (i as f64 * apart) as u64);
        let times = starts.flat_map(|start| (0..size).map(move |i| start + i * 50));
        (format!("bursts of {size}"), Calls::At(times.collect()))
    });
    callers.into_iter().chain(open).chain(bursts).collect()
}

/// Independent calls, at a rate per second.
fn random(rate: f64, until: u64) -> Vec<u64> {
    let (mut state, mut at, mut times) = (0x9E37_79B9_7F4A_7C15_u64, 0.0, Vec::new());
    loop {
        // xorshift64*
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        let bits = state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11;
        let uniform = bits as f64 / (1_u64 << 53) as f64;
        at -= (1.0 - uniform).ln() / rate * 1e6;
        if at as u64 >= until {
            return times;
        }
        times.push(at as u64);
    }
}

/// Whether to wait; all times are in microseconds.
pub trait Policy {
    /// A call arrives, after which `waiting` calls wait.
    fn arrived(&mut self, _waiting: usize, _now: u64) {}

    /// A batch begins to form, whose first call arrived at `since`.
    fn begins(&mut self, _since: u64) {}

    /// How long to wait for another call, with so many in hand since the replica became free for them.
    fn patience(&mut self, in_hand: usize, waited: u64, now: u64) -> u64;

    /// A batch has ended, and `waiting` calls wait.
    fn ran(&mut self, _calls: usize, _took: u64, _waiting: usize, _now: u64) {}
}

/// Starts with a number of calls, or after a time.
struct Until {
    calls: usize,
    wait: u64,
}

impl Policy for Until {
    fn patience(&mut self, in_hand: usize, waited: u64, _now: u64) -> u64 {
        match in_hand < self.calls {
            true => self.wait.saturating_sub(waited),
            false => 0,
        }
    }
}

/// The result of a schedule.
#[derive(Debug, Clone, Copy)]
pub struct Outcome {
    /// Calls per second.
    pub throughput: f64,
    /// Microseconds from a call until its answer.
    pub latency: f64,
}

/// The highest throughput, and the lowest latency among the schedules that reach it.
pub fn best(calls: &Calls, cost: Cost, max_batch_size: usize) -> Outcome {
    let waits = [0.0, 0.05, 0.25, 1.0, 4.0];
    let waits = waits.map(|part| (cost.per_batch * part) as u64);
    let policies = (1..=max_batch_size).flat_map(|calls| waits.map(|wait| Until { calls, wait }));
    let outcomes: Vec<Outcome> = policies
        .map(|mut policy| simulate(calls, cost, max_batch_size, &mut policy))
        .collect();
    let throughputs = outcomes.iter().map(|outcome| outcome.throughput);
    let highest = throughputs.fold(0.0, f64::max);
    let as_good = outcomes
        .iter()
        .filter(|it| it.throughput >= 0.999 * highest);
    Outcome {
        throughput: highest,
        latency: as_good.map(|it| it.latency).fold(f64::INFINITY, f64::min),
    }
}

/// Runs one replica.
pub fn simulate(
    calls: &Calls,
    cost: Cost,
    max_batch_size: usize,
    policy: &mut impl Policy,
) -> Outcome {
    let (mut coming, until): (BinaryHeap<Reverse<u64>>, u64) = match calls {
        Calls::At(times) => (times.iter().copied().map(Reverse).collect(), u64::MAX),
        Calls::Callers { callers, until } => (vec![Reverse(0); *callers].into(), *until),
    };
    let (mut line, mut done, mut now) = (VecDeque::new(), Vec::new(), 0);
    loop {
        // The calls that have arrived by now, or else the next one.
        while let Some(Reverse(next)) = coming.peek().copied()
            && (next <= now || line.is_empty())
        {
            coming.pop();
            now = now.max(next);
            line.push_back(next);
            policy.arrived(line.len(), next);
        }
        let Some(first) = line.front() else {
            return outcome(&done);
        };
        policy.begins(*first);
        let begun = now;
        while line.len() < max_batch_size {
            let wait = policy.patience(line.len(), now - begun, now);
            let next = coming.peek().map(|Reverse(next)| *next);
            match next.filter(|next| wait > 0 && *next <= now + wait) {
                Some(next) => {
                    coming.pop();
                    now = now.max(next);
                    line.push_back(next);
                    policy.arrived(line.len(), next);
                }
                None => {
                    now += wait; // no call arrived
                    break;
                }
            }
        }
        let batch: Vec<u64> = line.drain(..line.len().min(max_batch_size)).collect();
        let (size, took) = (batch.len(), cost.of(batch.len()));
        // Calls that arrive meanwhile wait.
        while let Some(Reverse(next)) = coming.peek().copied()
            && next < now + took
        {
            coming.pop();
            line.push_back(next);
            policy.arrived(line.len(), next);
        }
        now += took;
        policy.ran(size, took, line.len(), now);
        let again = matches!(calls, Calls::Callers { .. }) && now < until;
        for (place, since) in batch.into_iter().enumerate() {
            done.push((since, now));
            if again {
                // The answers are sent one after the other.
                coming.push(Reverse(now + 40 * (place as u64 + 1)));
            }
        }
    }
}

/// The outcome of calls and answers, in microseconds. The first fifth is for warming up.
pub fn outcome(done: &[(u64, u64)]) -> Outcome {
    let mut done = done.to_vec();
    done.sort_by_key(|(_, answered)| *answered);
    let warm = &done[done.len() / 5..];
    let (Some((_, first)), Some((_, last))) = (warm.first(), warm.last()) else {
        panic!("no call was answered");
    };
    let latencies: u64 = warm.iter().map(|(since, answered)| answered - since).sum();
    // Calls answered together with the first are not counted: their work was before.
    let counted = warm.iter().filter(|(_, answered)| answered > first);
    Outcome {
        throughput: counted.count() as f64 / (last - first).max(1) as f64 * 1e6,
        latency: latencies as f64 / warm.len() as f64,
    }
}
