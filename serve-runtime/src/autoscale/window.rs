//! The load of the last while, averaged over time.

use std::collections::VecDeque;
use std::time::Duration;

/// Samples of a number, each of which holds until the next one.
///
/// Ray Serve averages [in the same way][ray]: weighted by time, not by how often it was looked at.
///
/// [ray]: https://github.com/ray-project/ray/blob/master/python/ray/serve/_private/metrics_utils.py
#[derive(Debug, Clone)]
pub(super) struct Window {
    length: f64,
    /// Seconds and what was there from then on, in the order of time. Of those from before the window
    /// there is the last one, which still holds when it begins.
    samples: VecDeque<(f64, f64)>,
}

impl Window {
    /// One of `length` seconds, with nothing in it.
    pub(super) fn new(length: f64) -> Self {
        Window {
            length,
            samples: VecDeque::new(),
        }
    }

    /// From `now` on there is `value`. Time does not go back: an earlier `now` is the latest one.
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

    /// The average until `now`, of as much of the window as there is; 0 before the first sample.
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
    fn nothing_is_zero_and_the_first_sample_is_itself() {
        assert_eq!(Window::new(30.0).average(s(5.0)), 0.0);
        assert_eq!(window(&[(5.0, 7.0)]).average(s(5.0)), 7.0);
        assert_eq!(window(&[(5.0, 7.0)]).average(s(100.0)), 7.0);
    }

    #[test]
    fn a_value_counts_as_long_as_it_held() {
        let window = window(&[(0.0, 1.0), (9.0, 11.0)]);
        assert_eq!(window.average(s(9.0)), 1.0);
        assert_eq!(window.average(s(10.0)), 2.0);
        assert_eq!(window.average(s(18.0)), 6.0);
    }

    #[test]
    fn how_often_it_is_looked_at_does_not_matter() {
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
    fn what_is_longer_ago_is_forgotten() {
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
    fn the_last_of_several_at_a_time_stands_and_time_does_not_go_back() {
        assert_eq!(window(&[(0.0, 9.0), (0.0, 1.0)]).average(s(2.0)), 1.0);
        let window = window(&[(0.0, 2.0), (10.0, 4.0), (5.0, 6.0)]);
        assert_eq!(window.average(s(10.0)), 2.0);
        assert_eq!(window.average(s(20.0)), 4.0);
    }
}
