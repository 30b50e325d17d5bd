//! One call in a hundred panics: the effect on the others. Run it with
//! `cargo bench -p serve-benches --bench panics`.

#![allow(
    missing_debug_implementations,
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serve_runtime::ErrorKind;
use serve_runtime::prelude::*;

const CALLS: u64 = 4_000;
const CALLERS: u64 = 8;
const SERVICE: Duration = Duration::from_micros(500);
const ROUNDS: usize = 5;

/// Panics with one call in `every`.
#[deployment(num_replicas = 4)]
pub struct Computing(u64);

#[deployment]
impl Computing {
    pub fn new(every: u64) -> Self {
        Computing(every)
    }

    pub fn run(&self, x: u64) -> u64 {
        assert_ne!(x % self.0, self.0 - 1, "unlucky");
        std::thread::sleep(SERVICE);
        x
    }
}

#[deployment(num_replicas = 4, max_ongoing_requests = 1)]
pub struct InPlace(u64);

#[deployment]
impl InPlace {
    pub fn new(every: u64) -> Self {
        InPlace(every)
    }

    pub async fn run(&self, x: u64) -> u64 {
        assert_ne!(x % self.0, self.0 - 1, "unlucky");
        tokio::time::sleep(SERVICE).await;
        x
    }
}

#[graph]
pub fn on_threads(every: u64) -> u64 {
    let model = Computing::bind(every);
    input(|x: u64| model.run(x))
}

#[graph]
pub fn on_tasks(every: u64) -> u64 {
    let model = InPlace::bind(every);
    input(|x: u64| model.run(x))
}

macro_rules! rate {
    ($application:expr, $panics:expr) => {{
        let app = Arc::new(deploy($application).await.unwrap());
        let (next, failed) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        let begun = Instant::now();
        let callers = (0..CALLERS).map(|_| {
            let (app, next, failed) = (Arc::clone(&app), Arc::clone(&next), Arc::clone(&failed));
            tokio::spawn(async move {
                loop {
                    let x = next.fetch_add(1, Ordering::SeqCst);
                    if x >= CALLS {
                        return;
                    }
                    match app.call(x).await {
                        Ok(_) => {}
                        Err(error) if error.kind() == ErrorKind::Panicked => {
                            failed.fetch_add(1, Ordering::SeqCst);
                        }
                        Err(error) => panic!("{error}"),
                    }
                }
            })
        });
        for caller in callers.collect::<Vec<_>>() {
            caller.await.unwrap();
        }
        assert_eq!(failed.load(Ordering::SeqCst), $panics);
        (CALLS - $panics) as f64 / begun.elapsed().as_secs_f64()
    }};
}

macro_rules! compare {
    ($name:literal, $application:ident) => {{
        let mut ratios = Vec::new();
        for _ in 0..ROUNDS {
            let without = rate!($application(u64::MAX), 0);
            let with = rate!($application(100), CALLS / 100);
            ratios.push(with / without);
        }
        ratios.sort_by(f64::total_cmp);
        println!(
            "{:<12} answers a second with panics / without: {:.3}",
            $name,
            ratios[ROUNDS / 2]
        );
    }};
}

fn main() {
    std::panic::set_hook(Box::new(|_| {}));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        compare!("compute", on_threads);
        compare!("in place", on_tasks);
    });
}
