//! How long a batch takes, learnt from those that have run.

/// How many size classes there are: 1, 2, 3 to 4, 5 to 8, and so on.
const CLASSES: usize = 24;
/// A measurement counts a tenth of its class once there are ten: old ones fade, and so do outliers.
const MEMORY: f64 = 10.0;

/// The time of a batch of `n` calls as a line, `per_call * n + per_batch`; both in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Cost {
    pub(super) per_call: f64,
    pub(super) per_batch: f64,
}

/// The line that fits best, kept up to date.
///
/// Each class of sizes fades by itself: a server that has made batches of eight for an hour still
/// knows what a single call took.
#[derive(Debug, Default)]
pub(super) struct CostModel([Class; CLASSES]);

#[derive(Debug, Default, Clone, Copy)]
struct Class {
    measured: f64,
    size: f64,
    seconds: f64,
}

impl CostModel {
    /// A batch of `size` calls took that long.
    pub(super) fn record(&mut self, size: usize, seconds: f64) {
        let class = size.max(1).next_power_of_two().trailing_zeros() as usize;
        let class = &mut self.0[class.min(CLASSES - 1)];
        class.measured = (class.measured + 1.0).min(MEMORY);
        class.size += (size as f64 - class.size) / class.measured;
        class.seconds += (seconds - class.seconds) / class.measured;
    }

    /// The line; `None` before anything has run. While all batches have had about one size, their
    /// time is taken to be the batch's own: that is what makes it worth to try another size.
    pub(super) fn cost(&self) -> Option<Cost> {
        let total: f64 = self.0.iter().map(|class| class.measured).sum();
        if total == 0.0 {
            return None;
        }
        let mean = |of: fn(&Class) -> f64| {
            let sum: f64 = self.0.iter().map(|class| class.measured * of(class)).sum();
            sum / total
        };
        let (size, seconds) = (mean(|class| class.size), mean(|class| class.seconds));
        let (mut spread, mut slope) = (0.0, 0.0);
        for class in &self.0 {
            spread += class.measured * (class.size - size).powi(2);
            slope += class.measured * (class.size - size) * (class.seconds - seconds);
        }
        if spread / total < 0.01 * size * size {
            return Some(Cost {
                per_call: 0.0,
                per_batch: seconds,
            });
        }
        let per_call = (slope / spread).clamp(0.0, seconds / size);
        Some(Cost {
            per_call,
            per_batch: seconds - per_call * size,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fitted(sizes: impl IntoIterator<Item = usize>, seconds: impl Fn(usize) -> f64) -> Cost {
        let mut model = CostModel::default();
        for size in sizes {
            model.record(size, seconds(size));
        }
        model.cost().unwrap()
    }

    fn assert_near(cost: Cost, per_call: f64, per_batch: f64) {
        let near = |a: f64, b: f64| (a - b).abs() < 0.02;
        assert!(near(cost.per_call, per_call), "{cost:?}");
        assert!(near(cost.per_batch, per_batch), "{cost:?}");
    }

    #[test]
    fn a_line_is_recovered() {
        let cost = fitted([1, 8, 2, 4, 8, 1, 6], |size| 0.5 * size as f64 + 3.0);
        assert_near(cost, 0.5, 3.0);
    }

    #[test]
    fn before_anything_has_run_nothing_is_known() {
        assert_eq!(CostModel::default().cost(), None);
    }

    #[test]
    fn one_size_says_that_another_is_worth_trying() {
        assert_near(fitted([1, 1, 1], |_| 2.0), 0.0, 2.0);
    }

    #[test]
    fn calls_that_gain_nothing_from_each_other_have_no_cost_of_a_batch() {
        let cost = fitted([1, 2, 4, 8], |size| (size * size) as f64);
        assert_eq!(cost.per_batch, 0.0);
    }

    #[test]
    fn old_measurements_fade_only_within_their_size() {
        let slow = (0..100).map(|_| (1, 5.0));
        let mut model = CostModel::default();
        for (size, seconds) in slow.chain((0..100).flat_map(|_| [(8, 10.0)])) {
            model.record(size, seconds);
        }
        assert_near(model.cost().unwrap(), 5.0 / 7.0, 5.0 - 5.0 / 7.0);
        for _ in 0..100 {
            model.record(1, 3.0);
        }
        assert_near(model.cost().unwrap(), 1.0, 2.0);
    }
}
