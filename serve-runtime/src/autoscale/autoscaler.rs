//! What follows one deployment: the configuration, the window and what was decided before.

use std::time::Duration;

use serve_topology::AutoscalingConfig;

use super::policy::{self, Observation, State};
use super::window::Window;

/// The calls that a deployment has at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Load {
    /// Those that replicas work on.
    pub ongoing: usize,
    /// Those that wait for a replica.
    pub queued: usize,
}

impl Load {
    /// That many calls at replicas, and that many that wait.
    pub const fn new(ongoing: usize, queued: usize) -> Self {
        Load { ongoing, queued }
    }
}

/// The replicas that a deployment has at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Replicas {
    /// Those that take calls.
    pub running: u32,
    /// How many there are to be: what [`Autoscaler::observe`] said last, or how many started.
    pub target: u32,
}

impl Replicas {
    /// That many that take calls, of that many that there are to be.
    pub const fn new(running: u32, target: u32) -> Self {
        Replicas { running, target }
    }
}

/// Follows the load of one deployment and says how many replicas there are to be.
///
/// It has no clock: time is what it is told. Call [`observe`](Self::observe) every
/// [`interval`](Self::interval), and as soon as a call comes while no replica runs.
///
/// ```
/// use std::time::Duration;
/// use serve_runtime::autoscale::{Autoscaler, AutoscalingConfig, Load, Replicas};
///
/// let mut autoscaler = Autoscaler::new(AutoscalingConfig::new().min_replicas(0).max_replicas(4));
/// let none = Replicas::new(0, 0);
/// let idle = Load::new(0, 0);
/// assert_eq!(autoscaler.observe(Duration::ZERO, idle, none), None);
/// // One call that waits is enough.
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
    /// Knows of no load yet.
    pub fn new(config: AutoscalingConfig) -> Self {
        Autoscaler {
            window: Window::new(config.look_back_period.as_secs_f64()),
            config,
            reported: None,
            state: State::default(),
        }
    }

    /// Takes note of the load and decides: a new target, or `None` if it stays.
    ///
    /// `now` is the time since a moment of the caller's choice. Every call counts towards the average;
    /// the policy is shown a new average every `metrics_interval`, as [Ray Serve's replicas and handles
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

    /// What it was made with.
    pub fn config(&self) -> &AutoscalingConfig {
        &self.config
    }

    /// How often to look: each half second, or each `metrics_interval` if that is less. No less than a
    /// hundredth of a second.
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

    /// When the target changes, with replicas that start at once.
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
    fn a_step_goes_up_as_the_average_does_and_down_after_the_delay() {
        let changes = targets(CONFIG, |at| if (50.0..100.0).contains(&at) { 8 } else { 0 });
        // From 53 s on the average says two, then more: 3 s later it says three. 20 s after the first
        // average that needs fewer than four, they go.
        assert_eq!(changes, [(56.0, 3), (61.0, 4), (123.0, 1)]);
    }

    #[test]
    fn a_spike_that_is_over_within_the_delay_changes_nothing() {
        let spike = |at: f64| if (50.0..51.0).contains(&at) { 20 } else { 2 };
        let config = CONFIG.upscale_delay(Duration::from_secs(30));
        assert_eq!(targets(config, spike), []);
    }

    #[test]
    fn steady_load_has_steady_replicas() {
        for ongoing in [0, 1, 2, 7, 20, 1_000] {
            let changes = targets(CONFIG, |_| ongoing);
            let wanted = (ongoing as u32).div_ceil(2).clamp(1, 10);
            let expected: &[_] = if wanted == 1 { &[] } else { &[(3.0, wanted)] };
            assert_eq!(changes, expected, "{ongoing}");
        }
    }

    #[test]
    fn to_zero_and_back_at_the_first_call() {
        let config = CONFIG
            .min_replicas(0)
            .initial_replicas(1)
            .downscale_to_zero_delay(Duration::from_secs(5));
        let changes = targets(config, |at| if at < 30.0 || at == 100.5 { 1 } else { 0 });
        // The last call is out of the window after 10 s, and 5 s later so is the replica.
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
    fn it_is_looked_at_as_often_as_is_needed() {
        let interval = |metrics_interval| {
            let config = CONFIG.metrics_interval(metrics_interval);
            Autoscaler::new(config).interval()
        };
        let milliseconds = Duration::from_millis;
        assert_eq!(interval(milliseconds(10_000)), milliseconds(500));
        assert_eq!(interval(milliseconds(200)), milliseconds(200));
        assert_eq!(interval(Duration::from_nanos(1)), milliseconds(10));
        // Nobody has checked what it was made with.
        assert_eq!(interval(Duration::ZERO), milliseconds(10));
        assert_eq!(interval(Duration::MAX), milliseconds(500));
    }
}
