//! How large batches are, and how long their calls have waited.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::item::Item;

/// Sizes of up to 1, 2, 4, .. calls.
const SIZES: usize = 16;
/// Waits of up to 2^0, 2^1, .. microseconds.
const WAITS: usize = 32;

/// Statistics of the batches of a method since it was deployed.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Stats {
    /// The deployment's name and the method's: `Segmentation.forward`.
    pub method: String,
    /// How many batches were made.
    pub batches: u64,
    /// How many calls they had.
    pub calls: u64,
    /// How many calls were not made, because their callers had gone.
    pub gone: u64,
    /// How many batches had at most that many calls, and more than the previous bound.
    pub sizes: Vec<(u64, u64)>,
    /// How many calls waited at most that long until their batch began, and longer than the previous bound.
    pub waits: Vec<(Duration, u64)>,
    /// How long all calls together waited.
    pub waited: Duration,
}

impl Stats {
    /// How many calls a batch had on average; 0 before the first.
    #[must_use]
    pub fn mean_size(&self) -> f64 {
        if self.batches == 0 {
            return 0.0;
        }
        self.calls as f64 / self.batches as f64
    }
}

/// The counters behind [`Stats`].
#[derive(Debug, Default)]
pub(super) struct Counters {
    batches: AtomicU64,
    calls: AtomicU64,
    gone: AtomicU64,
    sizes: [AtomicU64; SIZES],
    waits: [AtomicU64; WAITS],
    waited_us: AtomicU64,
}

impl Counters {
    /// A ticket was taken at `begun`, and a batch of these calls begins now.
    pub(super) fn formed<A, T>(&self, items: &[Item<A, T>], begun: Instant) {
        let now = Instant::now().max(begun);
        add(&self.batches, 1);
        add(&self.calls, items.len() as u64);
        add(&self.sizes[bucket(items.len() as u64, SIZES)], 1);
        for item in items {
            let wait = now.saturating_duration_since(item.arrived).as_micros() as u64;
            add(&self.waits[bucket(wait, WAITS)], 1);
            add(&self.waited_us, wait);
        }
    }

    /// So many calls are not made, because their callers have gone.
    pub(super) fn gone(&self, calls: usize) {
        if calls > 0 {
            add(&self.gone, calls as u64);
        }
    }

    pub(super) fn read(&self, method: &str) -> Stats {
        let bounds = |counts: &[AtomicU64]| -> Vec<(u64, u64)> {
            let counts = counts.iter().map(|count| count.load(Ordering::Relaxed));
            counts
                .enumerate()
                .map(|(i, count)| (1 << i, count))
                .collect()
        };
        let waits = bounds(&self.waits).into_iter();
        Stats {
            method: method.to_owned(),
            batches: self.batches.load(Ordering::Relaxed),
            calls: self.calls.load(Ordering::Relaxed),
            gone: self.gone.load(Ordering::Relaxed),
            sizes: bounds(&self.sizes),
            waits: waits
                .map(|(us, count)| (Duration::from_micros(us), count))
                .collect(),
            waited: Duration::from_micros(self.waited_us.load(Ordering::Relaxed)),
        }
    }
}

fn add(counter: &AtomicU64, count: u64) {
    counter.fetch_add(count, Ordering::Relaxed);
}

/// The first bucket whose power of two is not exceeded, or the last one.
fn bucket(value: u64, buckets: usize) -> usize {
    let bucket = value.max(1).next_power_of_two().trailing_zeros() as usize;
    bucket.min(buckets - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_in_the_first_bucket_that_is_large_enough() {
        assert_eq!([0, 1, 2, 3, 4, 5].map(|n| bucket(n, 8)), [0, 0, 1, 2, 2, 3]);
        assert_eq!(bucket(u64::from(u32::MAX), 8), 7);
    }
}
