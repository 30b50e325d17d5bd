//! Constructors and health checks that fail for seconds.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::time::sleep;

use crate::graph::{CHECKS_FAIL, CONSTRUCTORS_FAIL};
use crate::random::Random;

/// How many times something has begun or ceased to fail.
static CHANGES: AtomicU64 = AtomicU64::new(0);

/// Breaks one or the other for a while, until the end.
pub async fn break_now_and_then(seed: u64, end: Instant) -> u64 {
    let (mut random, mut broken) = (Random::new(seed), 0);
    loop {
        sleep(Duration::from_millis(500 + random.below(4_000))).await;
        if Instant::now() >= end {
            return broken;
        }
        let what = match random.below(2) {
            0 => &CONSTRUCTORS_FAIL,
            _ => &CHECKS_FAIL,
        };
        what.store(true, Ordering::SeqCst);
        CHANGES.fetch_add(1, Ordering::SeqCst);
        sleep(Duration::from_millis(300 + random.below(3_000))).await;
        what.store(false, Ordering::SeqCst);
        CHANGES.fetch_add(1, Ordering::SeqCst);
        broken += 1;
    }
}

/// A moment, to be asked whether anything has failed since.
pub struct Since(u64);

impl Since {
    pub fn now() -> Self {
        Since(CHANGES.load(Ordering::SeqCst))
    }

    pub fn something_failed(&self) -> bool {
        // Odd while something fails.
        let changes = CHANGES.load(Ordering::SeqCst);
        changes != self.0 || changes % 2 == 1
    }
}
