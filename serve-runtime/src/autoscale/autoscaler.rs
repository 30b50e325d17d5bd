//! The autoscaler of one deployment: its configuration, its window and the state of the policy.

use std::time::Duration;

use serve_topology::AutoscalingConfig;

use super::policy::{self, Observation, State};
use super::window::Window;

/// The calls of a deployment at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Load {
    /// Calls that replicas work on.
    pub ongoing: usize,
    /// Calls that wait for a replica.
    pub queued: usize,
}

impl Load {
    /// A load of `ongoing` calls at replicas and `queued` calls that wait.
    pub const fn new(ongoing: usize, queued: usize) -> Self {
        Load { ongoing, queued }
    }
}

/// The replicas of a deployment at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Replicas {
    /// Replicas that take calls.
    pub running: u32,
    /// The target: the last decision of [`Autoscaler::observe`], or the number of replicas started first.
    pub target: u32,
}

impl Replicas {
    /// `running` replicas that take calls, of a target of `target`.
    pub const fn new(running: u32, target: u32) -> Self {
        Replicas { running, target }
    }
}

/// Follows the load of one deployment and decides how many replicas it should have.
///
/// It has no clock: its caller passes the time. Call [`observe`](Self::observe) every
/// [`interval`](Self::interval), and also at once when a call arrives while no replica runs.
///
/// ```
/// use std::time::Duration;
/// use serve_runtime::autoscale::{Autoscaler, AutoscalingConfig, Load, Replicas};
///
/// let mut autoscaler = Autoscaler::new(AutoscalingConfig::new().min_replicas(0).max_replicas(4));
/// let none = Replicas::new(0, 0);
/// let idle = Load::new(0, 0);
/// assert_eq!(autoscaler.observe(Duration::ZERO, idle, none), None);
/// // One waiting call is enough.
/// let call = Load::new(0, 1);
/// assert_eq!(autoscaler.observe(Duration::from_millis(1), call, none), Some(1));
/// ```
#[derive(Debug, Clone)]
pub struct Autoscaler {
    config: AutoscalingConfig,
    window: Window,
    /// The average, and when it was taken.
    reported: Option<(Duration, f64)>,
    state: State,
}

impl Autoscaler {
    /// An autoscaler that has seen no load yet.
    pub fn new(config: AutoscalingConfig) -> Self {
        Autoscaler {
            window: Window::new(config.look_back_period.as_secs_f64()),
            config,
            reported: None,
            state: State::default(),
        }
    }

    /// Records the load and decides: returns a new target, or `None` if the target stays.
    ///
    /// `now` is the time since any fixed moment, which the caller chooses. Every call counts towards the
    /// average; the policy sees a new average every `metrics_interval`, as [Ray Serve's replicas and handles
    /// report it][ray].
    ///
    /// [ray]: https://docs.ray.io/en/latest/serve/advanced-guides/advanced-autoscaling.html
    pub fn observe(&mut self, now: Duration, load: Load, replicas: Replicas) -> Option<u32> {
        let calls = load.ongoing.saturating_add(load.queued);
        self.window.add(now, calls as f64);
        let average = self.reported(now);
        let Replicas { running, target } = replicas;
        let seen = Observation::new(now, running, target)
            .average(average)
            .is_busy(calls > 0);
        let decision = policy::decide(&self.config, self.state, seen);
        self.state = decision.state;
        (decision.target != target).then_some(decision.target)
    }

    /// The average, as of the last `metrics_interval`.
    fn reported(&mut self, now: Duration) -> f64 {
        let interval = self.config.metrics_interval;
        match self.reported {
            Some((at, average)) if now.saturating_sub(at) < interval => average,
            _ => {
                let average = self.window.average(now);
                self.reported = Some((now, average));
                average
            }
        }
    }

    /// The configuration it was made with.
    pub fn config(&self) -> &AutoscalingConfig {
        &self.config
    }

    /// How often to call [`observe`](Self::observe): every half second, or every `metrics_interval` if that is
    /// shorter, but at least 10 ms apart.
    ///
    /// Half a second is how often [Ray Serve][ray] takes a sample.
    ///
    /// [ray]: https://github.com/ray-project/ray/blob/master/python/ray/serve/_private/constants.py
    pub fn interval(&self) -> Duration {
        let (shortest, longest) = (Duration::from_millis(10), Duration::from_millis(500));
        self.config.metrics_interval.clamp(shortest, longest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: AutoscalingConfig = AutoscalingConfig::DEFAULT
        .max_replicas(10)
        .metrics_interval(Duration::from_secs(1))
        .look_back_period(Duration::from_secs(10))
        .upscale_delay(Duration::from_secs(3))
        .downscale_delay(Duration::from_secs(20));

    /// The times at which the target changes, if replicas start at once.
    fn targets(config: AutoscalingConfig, load: impl Fn(f64) -> usize) -> Vec<(f64, u32)> {
        let mut autoscaler = Autoscaler::new(config);
        let mut target = config.initial();
        let mut changes = Vec::new();
        for half in 0..400 {
            let at = f64::from(half) / 2.0;
            let replicas = Replicas {
                running: target,
                target,
            };
            let (ongoing, now) = (load(at), Duration::from_secs_f64(at));
            let load = Load { ongoing, queued: 0 };
            if let Some(new) = autoscaler.observe(now, load, replicas) {
                target = new;
                changes.push((at, target));
            }
        }
        changes
    }

    #[test]
    fn a_step_scales_up_with_the_average_and_down_after_the_delay() {
        let changes = targets(CONFIG, |at| if (50.0..100.0).contains(&at) { 8 } else { 0 });
        // From 53 s on the average needs two replicas, then more; 3 s later it needs three. They stop 20 s after
        // the first average that needs fewer than four.
        assert_eq!(changes, [(56.0, 3), (61.0, 4), (123.0, 1)]);
    }

    #[test]
    fn a_spike_shorter_than_the_delay_changes_nothing() {
        let spike = |at: f64| if (50.0..51.0).contains(&at) { 20 } else { 2 };
        let config = CONFIG.upscale_delay(Duration::from_secs(30));
        assert_eq!(targets(config, spike), []);
    }

    #[test]
    fn a_steady_load_gets_a_steady_number_of_replicas() {
        for ongoing in [0, 1, 2, 7, 20, 1_000] {
            let changes = targets(CONFIG, |_| ongoing);
            let wanted = (ongoing as u32).div_ceil(2).clamp(1, 10);
            let expected: &[_] = if wanted == 1 { &[] } else { &[(3.0, wanted)] };
            assert_eq!(changes, expected, "{ongoing}");
        }
    }

    #[test]
    fn scales_to_zero_and_back_at_the_first_call() {
        let config = CONFIG
            .min_replicas(0)
            .initial_replicas(1)
            .downscale_to_zero_delay(Duration::from_secs(5));
        let changes = targets(config, |at| if at < 30.0 || at == 100.5 { 1 } else { 0 });
        // The last call leaves the window after 10 s; the replica stops 5 s later.
        assert_eq!(changes[..2], [(45.0, 0), (100.5, 1)]);
    }

    #[test]
    fn between_two_reports_the_policy_sees_the_old_average() {
        let config = CONFIG
            .metrics_interval(Duration::from_secs(10))
            .upscale_delay(Duration::ZERO);
        let changes = targets(config, |at| if at > 0.0 { 20 } else { 0 });
        assert_eq!(changes, [(10.0, 10)]);
    }

    #[test]
    fn the_interval_is_the_shorter_of_half_a_second_and_the_metrics_interval() {
        let interval = |metrics_interval| {
            let config = CONFIG.metrics_interval(metrics_interval);
            Autoscaler::new(config).interval()
        };
        let milliseconds = Duration::from_millis;
        assert_eq!(interval(milliseconds(10_000)), milliseconds(500));
        assert_eq!(interval(milliseconds(200)), milliseconds(200));
        assert_eq!(interval(Duration::from_nanos(1)), milliseconds(10));
        // The configuration has not been checked here.
        assert_eq!(interval(Duration::ZERO), milliseconds(10));
        assert_eq!(interval(Duration::MAX), milliseconds(500));
    }
}
