//! The real batcher under the same load.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serve_runtime::prelude::*;
use serve_schedules::{Calls, Cost, Outcome, outcome};
use tokio::runtime::Runtime;

use crate::MAX_BATCH_SIZE;

/// Takes the given time.
#[deployment(max_queued_requests = 1_000_000)]
pub struct Synthetic(Cost, Took);

#[deployment]
impl Synthetic {
    pub fn new(cost: Cost, took: Took) -> Self {
        Synthetic(cost, took)
    }

    #[batch(max_batch_size = MAX_BATCH_SIZE)]
    pub fn batched(&self, calls: Vec<u64>) -> Vec<u64> {
        self.1.busy(self.0.of(calls.len()));
        calls
    }

    pub fn single(&self, call: u64) -> u64 {
        self.1.busy(self.0.of(1));
        call
    }
}

/// The microseconds that were asked for, and those that it took.
#[derive(Clone, Default)]
pub struct Took(Arc<[AtomicU64; 2]>);

impl Took {
    fn busy(&self, microseconds: u64) {
        let start = Instant::now();
        sleep_until(start + Duration::from_micros(microseconds));
        self.0[0].fetch_add(microseconds, Ordering::Relaxed);
        let took = start.elapsed().as_micros() as u64;
        self.0[1].fetch_add(took, Ordering::Relaxed);
    }

    /// The ratio of the two.
    pub fn stretch(&self) -> f64 {
        let [asked, took] = [0, 1].map(|i| self.0[i].load(Ordering::Relaxed) as f64);
        took / asked
    }
}

/// Sleeps for most of the time, and is exact about the rest.
pub fn sleep_until(until: Instant) {
    let left = until.saturating_duration_since(Instant::now());
    std::thread::sleep(left.saturating_sub(Duration::from_micros(200)));
    while Instant::now() < until {
        std::hint::spin_loop();
    }
}

/// Makes the calls, and returns those that were made: some are made late.
pub fn run<F>(runtime: &Runtime, calls: &Calls, call: impl Fn() -> F) -> (Outcome, Calls)
where
    F: Future<Output = ()> + Send + 'static,
{
    let start = Instant::now();
    let since_start = move || start.elapsed().as_micros() as u64;
    let timed = move |call: F| async move {
        let since = since_start();
        call.await;
        (since, since_start())
    };
    match calls {
        Calls::At(times) => {
            let tasks: Vec<_> = times
                .iter()
                .map(|at| {
                    sleep_until(start + Duration::from_micros(*at));
                    runtime.spawn(timed(call()))
                })
                .collect();
            let done = runtime.block_on(futures::future::join_all(tasks));
            let done: Vec<(u64, u64)> = done.into_iter().map(Result::unwrap).collect();
            let made = done.iter().map(|(since, _)| *since).collect();
            (outcome(&done), Calls::At(made))
        }
        Calls::Callers { callers, until } => {
            let caller = async || {
                let mut done = Vec::new();
                while since_start() < *until {
                    done.push(timed(call()).await);
                }
                done
            };
            let callers_ = (0..*callers).map(|_| caller());
            let done = runtime.block_on(futures::future::join_all(callers_));
            let made = Calls::Callers {
                callers: *callers,
                until: *until,
            };
            (outcome(&done.concat()), made)
        }
    }
}
