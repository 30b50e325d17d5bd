//! The recent load, averaged over time.

use std::collections::VecDeque;
use std::time::Duration;

/// Samples of a number. Each sample holds until the next one.
///
/// Ray Serve averages [likewise][ray]: weighted by time, not by the number of samples.
///
/// [ray]: https://github.com/ray-project/ray/blob/master/python/ray/serve/_private/metrics_utils.py
#[derive(Debug, Clone)]
pub(super) struct Window {
    length: f64,
    /// The time of each sample in seconds and its value, in the order of time. Of the samples from before the
    /// window only the last one is kept: it still holds when the window begins.
    samples: VecDeque<(f64, f64)>,
}

impl Window {
    /// An empty window of `length` seconds.
    pub(super) fn new(length: f64) -> Self {
        Window {
            length,
            samples: VecDeque::new(),
        }
    }

    /// Records that the value is `value` from `now` on. Time does not run backwards: an earlier `now` counts as
    /// the latest one.
    pub(super) fn add(&mut self, now: Duration, value: f64) {
        let last = self.samples.back();
        let now = last.map_or(now.as_secs_f64(), |(last, _)| last.max(now.as_secs_f64()));
        if last.is_some_and(|(last, _)| *last == now) {
            self.samples.pop_back();
        }
        self.samples.push_back((now, value));
        let start = now - self.length;
        while self.samples.get(1).is_some_and(|(at, _)| *at <= start) {
            self.samples.pop_front();
        }
    }

    /// The average until `now` over the part of the window that has samples; 0 before the first sample.
    pub(super) fn average(&self, now: Duration) -> f64 {
        let Some(&(first, _)) = self.samples.front() else {
            return 0.0;
        };
        let now = now.as_secs_f64();
        let start = first.max(now - self.length);
        let ends = self.samples.iter().skip(1).map(|(at, _)| *at).chain([now]);
        let held = self.samples.iter().zip(ends);
        let sum: f64 = held
            .map(|((at, value), end)| value * (end - at.max(start)).max(0.0))
            .sum();
        match now > start {
            true => sum / (now - start),
            // No time has passed since the only sample.
            false => self.samples.back().map_or(0.0, |(_, value)| *value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn s(seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds)
    }

    fn window(samples: &[(f64, f64)]) -> Window {
        let mut window = Window::new(30.0);
        for (at, value) in samples {
            window.add(s(*at), *value);
        }
        window
    }

    #[test]
    fn the_average_is_zero_without_samples_and_the_value_of_a_single_one() {
        assert_eq!(Window::new(30.0).average(s(5.0)), 0.0);
        assert_eq!(window(&[(5.0, 7.0)]).average(s(5.0)), 7.0);
        assert_eq!(window(&[(5.0, 7.0)]).average(s(100.0)), 7.0);
    }

    #[test]
    fn a_value_counts_for_as_long_as_it_held() {
        let window = window(&[(0.0, 1.0), (9.0, 11.0)]);
        assert_eq!(window.average(s(9.0)), 1.0);
        assert_eq!(window.average(s(10.0)), 2.0);
        assert_eq!(window.average(s(18.0)), 6.0);
    }

    #[test]
    fn the_number_of_samples_does_not_matter() {
        let seldom = window(&[(0.0, 4.0), (10.0, 0.0)]);
        let mut often = Window::new(30.0);
        for tenth in 0..=200 {
            let at = f64::from(tenth) / 10.0;
            often.add(s(at), if at < 10.0 { 4.0 } else { 0.0 });
        }
        assert!((seldom.average(s(20.0)) - 2.0).abs() < 1e-9);
        assert!((often.average(s(20.0)) - 2.0).abs() < 1e-9);
    }

    #[test]
    fn samples_from_before_the_window_are_dropped() {
        let mut window = window(&[(0.0, 100.0), (10.0, 1.0), (20.0, 3.0)]);
        assert_eq!(window.average(s(40.0)), (10.0 + 3.0 * 20.0) / 30.0);
        assert_eq!(window.average(s(50.0)), 3.0);
        for at in 50..1_000 {
            window.add(s(f64::from(at)), 3.0);
        }
        assert!(window.samples.len() <= 32, "{}", window.samples.len());
        window.add(s(2_000.0), 5.0);
        assert_eq!(window.average(s(2_000.0)), 3.0);
        assert_eq!(window.samples.len(), 2);
    }

    #[test]
    fn the_last_of_several_samples_at_one_time_counts_and_time_does_not_run_backwards() {
        assert_eq!(window(&[(0.0, 9.0), (0.0, 1.0)]).average(s(2.0)), 1.0);
        let window = window(&[(0.0, 2.0), (10.0, 4.0), (5.0, 6.0)]);
        assert_eq!(window.average(s(10.0)), 2.0);
        assert_eq!(window.average(s(20.0)), 4.0);
    }
}
