//! How long after an event the next call arrives.

/// Buckets of half an octave each, from a nanosecond to four seconds and more.
const BUCKETS: usize = 64;
/// The weight of a gap relative to the next one.
const FADE: f64 = 0.98;
/// Weights are scaled down at this size, which keeps the numbers within bounds.
const LARGEST: f64 = 1e12;

/// A histogram of gaps in which the latest count most.
#[derive(Debug)]
pub(super) struct GapStats {
    buckets: [Bucket; BUCKETS],
    /// The weight of the gaps after which no call arrived in time.
    never: f64,
    /// The weight of the next gap: newer ones get more, instead of older ones less.
    unit: f64,
}

/// Gaps of about one length.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Bucket {
    /// Their weight.
    pub(super) weight: f64,
    /// Their mean, in seconds.
    pub(super) mean: f64,
    /// The longest that belongs here, in seconds.
    pub(super) longest: f64,
}

impl Default for GapStats {
    fn default() -> Self {
        GapStats {
            buckets: std::array::from_fn(|bucket| Bucket {
                longest: 1e-9 * 2f64.powf((bucket + 1) as f64 / 2.0),
                ..Bucket::default()
            }),
            never: 0.0,
            unit: 1.0,
        }
    }
}

impl GapStats {
    /// The next call arrived after that many seconds.
    pub(super) fn record(&mut self, seconds: f64) {
        let nanoseconds = (seconds * 1e9).max(1.0);
        let bucket = (2.0 * nanoseconds.log2()) as usize;
        let bucket = &mut self.buckets[bucket.min(BUCKETS - 1)];
        bucket.weight += self.unit;
        bucket.mean += (seconds - bucket.mean) * (self.unit / bucket.weight);
        self.fade();
    }

    /// No call arrived before the next answer, so that waiting would have been useless.
    pub(super) fn record_none(&mut self) {
        self.never += self.unit;
        self.fade();
    }

    fn fade(&mut self) {
        self.unit /= FADE;
        if self.unit > LARGEST {
            for bucket in &mut self.buckets {
                bucket.weight /= LARGEST;
            }
            self.never /= LARGEST;
            self.unit /= LARGEST;
        }
    }

    /// The gaps longer than `elapsed` seconds, the shortest first.
    pub(super) fn beyond(&self, elapsed: f64) -> impl Iterator<Item = &Bucket> {
        let buckets = self.buckets.iter();
        buckets.filter(move |bucket| bucket.weight > 0.0 && bucket.mean > elapsed)
    }

    /// The weight of all of those, and of the times that no call arrived.
    pub(super) fn weight_beyond(&self, elapsed: f64) -> f64 {
        let weights = self.beyond(elapsed).map(|bucket| bucket.weight);
        weights.sum::<f64>() + self.never
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_of_a_length_are_counted_together() {
        let mut gaps = GapStats::default();
        for gap in [0.001, 0.001, 2.0] {
            gaps.record(gap);
        }
        let found: Vec<f64> = gaps.beyond(0.0).map(|bucket| bucket.mean).collect();
        assert_eq!(found, [0.001, 2.0]);
        let found: Vec<f64> = gaps.beyond(0.1).map(|bucket| bucket.mean).collect();
        assert_eq!(found, [2.0]);
        assert!(gaps.beyond(0.0).all(|bucket| bucket.longest >= bucket.mean));
    }

    #[test]
    fn the_latest_count_most() {
        let mut gaps = GapStats::default();
        for gap in std::iter::repeat_n(5.0, 5_000).chain(std::iter::repeat_n(0.1, 200)) {
            gaps.record(gap);
        }
        let weights: Vec<f64> = gaps.beyond(0.0).map(|bucket| bucket.weight).collect();
        assert!(weights[0] > 20.0 * weights[1], "{weights:?}");
        assert!(gaps.weight_beyond(0.0).is_finite());
        for _ in 0..200 {
            gaps.record_none();
        }
        let never = gaps.weight_beyond(f64::INFINITY);
        assert!(never > 0.95 * gaps.weight_beyond(0.0), "{gaps:?}");
    }
}
