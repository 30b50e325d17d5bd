//! Autoscaling: how the number of a deployment's replicas follows its load.

use std::time::Duration;

use super::OutOfRange;
use super::range::first_out_of_range;
use super::table::{Kind, option, table};
use crate::setters::setters;

table! {
    /// A field of an [`AutoscalingConfig`].
    AutoscalingOption {
        /// The minimum number of replicas.
        MinReplicas => option("min_replicas", Kind::ReplicasFromZero).by_default(1.0),
        /// The number of replicas at the start.
        InitialReplicas => option("initial_replicas", Kind::ReplicasFromZero),
        /// The maximum number of replicas.
        MaxReplicas => option("max_replicas", Kind::Replicas).by_default(1.0),
        /// The target number of calls for each replica.
        TargetOngoingRequests => option("target_ongoing_requests", Kind::Positive).by_default(2.0),
        /// The interval between two averages of the load.
        MetricsIntervalS => option("metrics_interval_s", Kind::Interval).by_default(10.0),
        /// The time over which the load is averaged.
        LookBackPeriodS => option("look_back_period_s", Kind::Interval).by_default(30.0),
        /// The fraction of the difference that one decision adds.
        UpscalingFactor => option("upscaling_factor", Kind::Positive).by_default(1.0),
        /// The fraction of the difference that one decision removes.
        DownscalingFactor => option("downscaling_factor", Kind::Positive).by_default(1.0),
        /// The time with too few replicas before some are added.
        UpscaleDelayS => option("upscale_delay_s", Kind::Delay).by_default(30.0),
        /// The time with too many replicas before some are removed.
        DownscaleDelayS => option("downscale_delay_s", Kind::Delay).by_default(600.0),
        /// The same for the last replica.
        DownscaleToZeroDelayS => option("downscale_to_zero_delay_s", Kind::Delay),
    }
}

impl AutoscalingOption {
    /// The field that a setter in Rust sets.
    pub fn built_by(method: &str) -> Option<Self> {
        let mut all = Self::ALL.iter().copied();
        all.find(|option| option.spec().builder() == method)
    }
}

/// The bounds of the number of replicas, and how fast it follows the load.
///
/// Fields, names and defaults are those of [Ray Serve's `AutoscalingConfig`][ray]; in a file, times are in
/// seconds, with `_s` at the end of their names.
///
/// ```
/// use std::time::Duration;
/// use serve_topology::AutoscalingConfig;
///
/// const CONFIG: AutoscalingConfig = AutoscalingConfig::new()
///     .max_replicas(8)
///     .upscale_delay(Duration::from_secs(5));
/// assert_eq!(CONFIG.max_replicas, 8);
/// ```
///
/// [ray]: https://docs.ray.io/en/latest/serve/api/doc/ray.serve.config.AutoscalingConfig.html
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(default, deny_unknown_fields)
)]
#[non_exhaustive]
pub struct AutoscalingConfig {
    /// The minimum number of replicas; 1 by default. With 0, the first request after a pause starts a replica
    /// and waits for it.
    pub min_replicas: u32,
    /// The number of replicas at the start; `min_replicas` by default.
    pub initial_replicas: Option<u32>,
    /// The maximum number of replicas; 1 by default.
    pub max_replicas: u32,
    /// The target number of calls for each replica, including those that wait for it; 2 by default. A compute
    /// `fn` runs one at a time, so with 2 as many calls wait as run; less than 1 leaves spare capacity.
    pub target_ongoing_requests: f64,
    /// The interval between two averages of the load; 10 s by default.
    #[cfg_attr(
        feature = "serde",
        serde(
            rename = "metrics_interval_s",
            serialize_with = "super::wire::as_seconds",
            deserialize_with = "super::wire::interval"
        )
    )]
    pub metrics_interval: Duration,
    /// The time over which the load is averaged; 30 s by default.
    #[cfg_attr(
        feature = "serde",
        serde(
            rename = "look_back_period_s",
            serialize_with = "super::wire::as_seconds",
            deserialize_with = "super::wire::interval"
        )
    )]
    pub look_back_period: Duration,
    /// The fraction of an increase that one decision makes; 1 by default, all of it. 0.5 makes smaller steps, 2
    /// larger ones.
    pub upscaling_factor: f64,
    /// The fraction of a decrease that one decision makes; 1 by default.
    pub downscaling_factor: f64,
    /// The time with too few replicas before some are added; 30 s by default.
    #[cfg_attr(
        feature = "serde",
        serde(
            rename = "upscale_delay_s",
            serialize_with = "super::wire::as_seconds",
            deserialize_with = "super::wire::delay"
        )
    )]
    pub upscale_delay: Duration,
    /// The time with too many replicas before some are removed; 600 s by default.
    #[cfg_attr(
        feature = "serde",
        serde(
            rename = "downscale_delay_s",
            serialize_with = "super::wire::as_seconds",
            deserialize_with = "super::wire::delay"
        )
    )]
    pub downscale_delay: Duration,
    /// The same for the last replica; `downscale_delay` by default.
    #[cfg_attr(
        feature = "serde",
        serde(
            rename = "downscale_to_zero_delay_s",
            serialize_with = "super::wire::as_seconds_if_any",
            deserialize_with = "super::wire::delay_if_any"
        )
    )]
    pub downscale_to_zero_delay: Option<Duration>,
}

impl AutoscalingConfig {
    /// The defaults of Ray Serve.
    pub const DEFAULT: Self = AutoscalingConfig {
        min_replicas: AutoscalingOption::MinReplicas.spec().default_u32(),
        initial_replicas: None,
        max_replicas: AutoscalingOption::MaxReplicas.spec().default_u32(),
        target_ongoing_requests: AutoscalingOption::TargetOngoingRequests
            .spec()
            .default_f64(),
        metrics_interval: AutoscalingOption::MetricsIntervalS.spec().default_time(),
        look_back_period: AutoscalingOption::LookBackPeriodS.spec().default_time(),
        upscaling_factor: AutoscalingOption::UpscalingFactor.spec().default_f64(),
        downscaling_factor: AutoscalingOption::DownscalingFactor.spec().default_f64(),
        upscale_delay: AutoscalingOption::UpscaleDelayS.spec().default_time(),
        downscale_delay: AutoscalingOption::DownscaleDelayS.spec().default_time(),
        downscale_to_zero_delay: None,
    };

    /// [`DEFAULT`](Self::DEFAULT), as a start for setters.
    pub const fn new() -> Self {
        Self::DEFAULT
    }

    setters! {
        min_replicas: u32,
        initial_replicas: u32 as Some,
        max_replicas: u32,
        target_ongoing_requests: f64,
        metrics_interval: Duration,
        look_back_period: Duration,
        upscaling_factor: f64,
        downscaling_factor: f64,
        upscale_delay: Duration,
        downscale_delay: Duration,
        downscale_to_zero_delay: Duration as Some,
    }

    /// The number of replicas at the start.
    pub const fn initial(&self) -> u32 {
        match self.initial_replicas {
            Some(initial) => initial,
            None => self.min_replicas,
        }
    }

    /// The same configuration; a compile error where a field is out of range.
    #[must_use]
    #[track_caller]
    pub const fn checked(self) -> Self {
        if let Some(wrong) = self.out_of_range() {
            wrong.panic()
        }
        self
    }

    /// The first field that is out of its range, or inconsistent with another field.
    pub const fn out_of_range(&self) -> Option<OutOfRange> {
        if let Some(wrong) = first_out_of_range!(self, AutoscalingOption) {
            return Some(wrong);
        }
        let (min, initial, max) = (self.min_replicas, self.initial(), self.max_replicas);
        if max < min {
            return Some(OutOfRange {
                option: AutoscalingOption::MaxReplicas.spec().name,
                must: "at least `min_replicas`",
                is: max as f64,
            });
        }
        if initial < min || initial > max {
            return Some(OutOfRange {
                option: AutoscalingOption::InitialReplicas.spec().name,
                must: "from `min_replicas` to `max_replicas`",
                is: initial as f64,
            });
        }
        None
    }

    /// The value of a field that is set.
    const fn number(&self, option: AutoscalingOption) -> Option<f64> {
        Some(match option {
            AutoscalingOption::MinReplicas => self.min_replicas as f64,
            AutoscalingOption::InitialReplicas => self.initial() as f64,
            AutoscalingOption::MaxReplicas => self.max_replicas as f64,
            AutoscalingOption::TargetOngoingRequests => self.target_ongoing_requests,
            AutoscalingOption::MetricsIntervalS => self.metrics_interval.as_secs_f64(),
            AutoscalingOption::LookBackPeriodS => self.look_back_period.as_secs_f64(),
            AutoscalingOption::UpscalingFactor => self.upscaling_factor,
            AutoscalingOption::DownscalingFactor => self.downscaling_factor,
            AutoscalingOption::UpscaleDelayS => self.upscale_delay.as_secs_f64(),
            AutoscalingOption::DownscaleDelayS => self.downscale_delay.as_secs_f64(),
            AutoscalingOption::DownscaleToZeroDelayS => match self.downscale_to_zero_delay {
                Some(delay) => delay.as_secs_f64(),
                None => return None,
            },
        })
    }
}

impl Default for AutoscalingConfig {
    fn default() -> Self {
        Self::DEFAULT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(config: AutoscalingConfig) -> Option<String> {
        config.out_of_range().map(|wrong| wrong.to_string())
    }

    #[test]
    fn the_defaults_are_those_of_ray_serve() {
        let default = AutoscalingConfig::default();
        assert_eq!(wrong(default), None);
        assert_eq!((default.min_replicas, default.max_replicas), (1, 1));
        assert_eq!(default.target_ongoing_requests, 2.0);
        assert_eq!(default.upscale_delay, Duration::from_secs(30));
        assert_eq!(default.downscale_delay, Duration::from_secs(600));
        assert_eq!(default.look_back_period, Duration::from_secs(30));
        assert_eq!(default.metrics_interval, Duration::from_secs(10));
    }

    #[test]
    fn each_field_has_its_range() {
        let of = AutoscalingConfig::new().min_replicas(2).max_replicas(4);
        assert_eq!(wrong(of), None);
        for initial in [2, 4] {
            assert_eq!(wrong(of.initial_replicas(initial)), None);
        }
        for (config, expected) in [
            (
                of.max_replicas(0),
                "`max_replicas` must be a whole number from 1 to 10000, but is 0",
            ),
            (
                of.max_replicas(1),
                "`max_replicas` must be at least `min_replicas`, but is 1",
            ),
            (
                of.initial_replicas(1),
                "`initial_replicas` must be from `min_replicas` to `max_replicas`, but is 1",
            ),
            (
                of.initial_replicas(5),
                "`initial_replicas` must be from `min_replicas` to `max_replicas`, but is 5",
            ),
            (
                of.target_ongoing_requests(f64::NAN),
                "`target_ongoing_requests` must be a number above 0, but is NaN",
            ),
            (
                of.metrics_interval(Duration::ZERO),
                "`metrics_interval_s` must be a number above 0, but is 0",
            ),
            (
                of.look_back_period(Duration::ZERO),
                "`look_back_period_s` must be a number above 0, but is 0",
            ),
            (
                of.upscaling_factor(0.0),
                "`upscaling_factor` must be a number above 0, but is 0",
            ),
            (
                of.downscaling_factor(f64::INFINITY),
                "`downscaling_factor` must be a number above 0, but is inf",
            ),
        ] {
            assert_eq!(wrong(config).as_deref(), Some(expected));
        }
    }
}
