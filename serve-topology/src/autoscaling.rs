//! How the number of a deployment's replicas follows its load.

/// Between which bounds, and how fast, the number of replicas follows the load.
///
/// Fields, names and defaults are those of [Ray Serve's `AutoscalingConfig`][ray]. Times are in seconds.
///
/// [ray]: https://docs.ray.io/en/latest/serve/api/doc/ray.serve.config.AutoscalingConfig.html
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(default, deny_unknown_fields)
)]
pub struct AutoscalingConfig {
    /// The fewest replicas; 1 by default. With 0, the first request after a pause starts one and waits
    /// for it.
    pub min_replicas: u32,
    /// How many replicas start; `min_replicas` by default.
    pub initial_replicas: Option<u32>,
    /// The most replicas; 1 by default.
    pub max_replicas: u32,
    /// How many calls each replica should have, those that wait for one included; 2 by default. A compute
    /// `fn` works on one at a time, so that with 2 as many wait as run: less than 1 leaves it room.
    pub target_ongoing_requests: f64,
    /// How often the load is averaged anew; 10 s by default.
    pub metrics_interval_s: f64,
    /// The time over which the load is averaged; 30 s by default.
    pub look_back_period_s: f64,
    /// Which part of the way up one decision goes; 1 by default, all of it. 0.5 goes up in smaller
    /// steps, 2 in larger ones.
    pub upscaling_factor: f64,
    /// Which part of the way down one decision goes; 1 by default.
    pub downscaling_factor: f64,
    /// How long there have to be too few replicas before some are added; 30 s by default.
    pub upscale_delay_s: f64,
    /// How long there have to be too many replicas before some are removed; 600 s by default.
    pub downscale_delay_s: f64,
    /// The same for the last replica; `downscale_delay_s` by default.
    pub downscale_to_zero_delay_s: Option<f64>,
}

/// A field of an [`AutoscalingConfig`] whose value cannot be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OutOfRange {
    /// What the field must be: a sentence that begins with its name.
    pub must: &'static str,
    /// What it is.
    pub is: f64,
}

impl AutoscalingConfig {
    /// What Ray Serve takes where nothing is set.
    pub const DEFAULT: Self = AutoscalingConfig {
        min_replicas: 1,
        initial_replicas: None,
        max_replicas: 1,
        target_ongoing_requests: 2.0,
        metrics_interval_s: 10.0,
        look_back_period_s: 30.0,
        upscaling_factor: 1.0,
        downscaling_factor: 1.0,
        upscale_delay_s: 30.0,
        downscale_delay_s: 600.0,
        downscale_to_zero_delay_s: None,
    };

    /// How many replicas start.
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
            panic!("{}", wrong.must)
        }
        self
    }

    /// The first field that is out of range.
    pub const fn out_of_range(&self) -> Option<OutOfRange> {
        let (min, max) = (self.min_replicas, self.max_replicas);
        let initial = self.initial();
        let to_zero = match self.downscale_to_zero_delay_s {
            Some(delay) => delay,
            None => 0.0,
        };
        let fields = [
            (max >= 1, "`max_replicas` must be at least 1", max as f64),
            (
                max >= min,
                "`max_replicas` must be at least `min_replicas`",
                max as f64,
            ),
            (
                min <= initial && initial <= max,
                "`initial_replicas` must be from `min_replicas` to `max_replicas`",
                initial as f64,
            ),
            more_than_0(
                self.target_ongoing_requests,
                "`target_ongoing_requests` must be more than 0",
            ),
            more_than_0(
                self.metrics_interval_s,
                "`metrics_interval_s` must be more than 0",
            ),
            more_than_0(
                self.look_back_period_s,
                "`look_back_period_s` must be more than 0",
            ),
            more_than_0(
                self.upscaling_factor,
                "`upscaling_factor` must be more than 0",
            ),
            more_than_0(
                self.downscaling_factor,
                "`downscaling_factor` must be more than 0",
            ),
            from_0(self.upscale_delay_s, "`upscale_delay_s` must be at least 0"),
            from_0(
                self.downscale_delay_s,
                "`downscale_delay_s` must be at least 0",
            ),
            from_0(to_zero, "`downscale_to_zero_delay_s` must be at least 0"),
        ];
        let mut i = 0;
        while i < fields.len() {
            let (is_fine, must, is) = fields[i];
            if !is_fine {
                return Some(OutOfRange { must, is });
            }
            i += 1;
        }
        None
    }
}

const fn more_than_0(value: f64, must: &'static str) -> (bool, &'static str, f64) {
    (value.is_finite() && value > 0.0, must, value)
}

const fn from_0(value: f64, must: &'static str) -> (bool, &'static str, f64) {
    (value.is_finite() && value >= 0.0, must, value)
}

impl Default for AutoscalingConfig {
    fn default() -> Self {
        Self::DEFAULT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(config: AutoscalingConfig) -> Option<(&'static str, f64)> {
        config.out_of_range().map(|wrong| (wrong.must, wrong.is))
    }

    #[test]
    fn the_defaults_are_those_of_ray_serve() {
        let default = AutoscalingConfig::default();
        assert_eq!(wrong(default), None);
        assert_eq!((default.min_replicas, default.max_replicas), (1, 1));
        assert_eq!(default.target_ongoing_requests, 2.0);
        assert_eq!(default.upscale_delay_s, 30.0);
        assert_eq!(default.downscale_delay_s, 600.0);
        assert_eq!(default.look_back_period_s, 30.0);
        assert_eq!(default.metrics_interval_s, 10.0);
    }

    #[test]
    fn each_field_has_its_range() {
        let of = AutoscalingConfig {
            min_replicas: 2,
            max_replicas: 4,
            ..AutoscalingConfig::DEFAULT
        };
        assert_eq!(wrong(of), None);
        for initial_replicas in [2, 4] {
            let initial_replicas = Some(initial_replicas);
            assert_eq!(
                wrong(AutoscalingConfig {
                    initial_replicas,
                    ..of
                }),
                None
            );
        }
        let nan = f64::NAN;
        for (config, must) in [
            (
                AutoscalingConfig {
                    max_replicas: 0,
                    ..of
                },
                "`max_replicas` must be at least 1",
            ),
            (
                AutoscalingConfig {
                    max_replicas: 1,
                    ..of
                },
                "`max_replicas` must be at least `min_replicas`",
            ),
            (
                AutoscalingConfig {
                    initial_replicas: Some(1),
                    ..of
                },
                "`initial_replicas` must be from `min_replicas` to `max_replicas`",
            ),
            (
                AutoscalingConfig {
                    initial_replicas: Some(5),
                    ..of
                },
                "`initial_replicas` must be from `min_replicas` to `max_replicas`",
            ),
            (
                AutoscalingConfig {
                    target_ongoing_requests: nan,
                    ..of
                },
                "`target_ongoing_requests` must be more than 0",
            ),
            (
                AutoscalingConfig {
                    metrics_interval_s: 0.0,
                    ..of
                },
                "`metrics_interval_s` must be more than 0",
            ),
            (
                AutoscalingConfig {
                    look_back_period_s: -1.0,
                    ..of
                },
                "`look_back_period_s` must be more than 0",
            ),
            (
                AutoscalingConfig {
                    upscaling_factor: 0.0,
                    ..of
                },
                "`upscaling_factor` must be more than 0",
            ),
            (
                AutoscalingConfig {
                    downscaling_factor: 0.0,
                    ..of
                },
                "`downscaling_factor` must be more than 0",
            ),
            (
                AutoscalingConfig {
                    upscale_delay_s: -0.1,
                    ..of
                },
                "`upscale_delay_s` must be at least 0",
            ),
            (
                AutoscalingConfig {
                    downscale_delay_s: f64::INFINITY,
                    ..of
                },
                "`downscale_delay_s` must be at least 0",
            ),
            (
                AutoscalingConfig {
                    downscale_to_zero_delay_s: Some(-1.0),
                    ..of
                },
                "`downscale_to_zero_delay_s` must be at least 0",
            ),
        ] {
            assert_eq!(wrong(config).map(|(must, _)| must), Some(must));
        }
        let (_, is) = wrong(AutoscalingConfig {
            max_replicas: 1,
            ..of
        })
        .unwrap();
        assert_eq!(is, 1.0);
    }
}
