//! The parts of every generated program.
#![allow(dead_code)]

use std::future::Future;
use std::hint::black_box;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;

/// Whether nodes wait. Known at run time only, so that one program serves both cases.
static WAITS: AtomicBool = AtomicBool::new(false);

/// The work of a node: next to nothing, at once or after waiting for the task's next turn.
pub async fn work(x: u64) -> u64 {
    if WAITS.load(Ordering::Relaxed) {
        tokio::task::yield_now().await;
    }
    black_box(x)
}

/// Has one thread, as one request is on one thread at a time.
pub fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap()
}

/// Prints the nanoseconds of a request: with nodes that are ready at once, and with nodes that wait.
pub fn measure<F: Future>(runtime: &Runtime, request: impl Fn(u64) -> F) {
    for waits in [false, true] {
        WAITS.store(waits, Ordering::Relaxed);
        println!("{}", median(|| round(runtime, &request)));
    }
}

fn median(round: impl Fn() -> f64) -> f64 {
    let mut times: Vec<f64> = (0..9).map(|_| round()).collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn round<F: Future>(runtime: &Runtime, request: &impl Fn(u64) -> F) -> f64 {
    runtime.block_on(async {
        let start = Instant::now();
        let mut requests = 0;
        while start.elapsed() < Duration::from_millis(50) {
            for _ in 0..20 {
                let mut request = pin!(request(black_box(requests)));
                black_box(&mut request);
                black_box(request.await);
                requests += 1;
            }
        }
        start.elapsed().as_nanos() as f64 / requests as f64
    })
}
