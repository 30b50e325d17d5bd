//! A deployment's options, under Ray Serve's names.

use crate::AutoscalingConfig;

/// What can be set on a deployment, on `#[deployment(..)]` or on what `bind` returns.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Options<'a> {
    /// A name to use in place of the type's name.
    pub name: Option<&'a str>,
    /// How many replicas run; 1 by default.
    pub num_replicas: u32,
    /// Lets the number of replicas follow the load, in place of `num_replicas`.
    pub autoscaling_config: Option<AutoscalingConfig>,
    /// How many calls one replica works on at the same time; without it, an `async fn` has no limit
    /// of its own. A compute `fn` runs one call at a time whatever this says.
    pub max_ongoing_requests: Option<u32>,
    /// How many calls may wait for a replica before the next one is refused; 100 by default.
    pub max_queued_requests: u32,
    /// How many CPU cores one replica needs, fractions allowed.
    pub num_cpus: Option<f64>,
    /// How many GPUs one replica needs: a fraction of one, or a whole number of them.
    pub num_gpus: Option<f64>,
    /// How much memory one replica needs, in bytes.
    pub memory: Option<u64>,
    /// What else one replica needs of what the machine has, by name.
    #[cfg_attr(feature = "serde", serde(serialize_with = "by_name"))]
    pub resources: &'a [(&'a str, f64)],
    /// How long a call may take, in milliseconds: what counts against the `slo_ms` of a graph.
    pub budget_ms: Option<u32>,
    /// How often a replica is asked how it is, in seconds, if its deployment has a `check_health`; 10 by
    /// default.
    pub health_check_period_s: f64,
    /// How long the answer may take, in seconds, and a third of how long a `reconfigure` may; 30 by default.
    pub health_check_timeout_s: f64,
    /// How long a replica that is let go may take to finish its calls, in seconds; 20 by default.
    pub graceful_shutdown_timeout_s: f64,
    /// How often the construction of a replica is tried before it is given up; 3 by default.
    pub max_constructor_retry_count: u32,
    /// How large a part of the replicas may be replaced or reconfigured at a time; 0.2 by default. One
    /// may be in any case.
    pub rolling_update_percentage: f64,
}

impl Options<'_> {
    /// What a deployment has that sets nothing.
    pub const DEFAULT: Self = Options {
        name: None,
        num_replicas: 1,
        autoscaling_config: None,
        max_ongoing_requests: None,
        max_queued_requests: 100,
        num_cpus: None,
        num_gpus: None,
        memory: None,
        resources: &[],
        budget_ms: None,
        health_check_period_s: 10.0,
        health_check_timeout_s: 30.0,
        graceful_shutdown_timeout_s: 20.0,
        max_constructor_retry_count: 3,
        rolling_update_percentage: 0.2,
    };
}

impl<'a> Options<'a> {
    /// The same options; a compile error where a value is out of range.
    #[must_use]
    #[track_caller]
    pub const fn checked(self) -> Self {
        assert!(self.num_replicas >= 1, "`num_replicas` must be at least 1");
        if let Some(config) = self.autoscaling_config {
            let _ = config.checked();
        }
        if let Some(max) = self.max_ongoing_requests {
            assert!(max >= 1, "`max_ongoing_requests` must be at least 1");
        }
        if let Some(cpus) = self.num_cpus {
            assert!(cpus >= 0.0, "`num_cpus` must be at least 0");
        }
        if let Some(gpus) = self.num_gpus {
            assert!(gpus >= 0.0, "`num_gpus` must be at least 0");
            assert!(
                gpus <= 1.0 || (gpus as u64) as f64 == gpus,
                "`num_gpus` above 1 must be a whole number: a replica has a part of one GPU, or whole ones"
            );
        }
        let mut i = 0;
        while i < self.resources.len() {
            assert!(
                self.resources[i].1 >= 0.0,
                "an amount in `resources` must be at least 0"
            );
            i += 1;
        }
        if let Some(ms) = self.budget_ms {
            assert!(ms >= 1, "`budget_ms` must be at least 1");
        }
        assert!(
            self.health_check_period_s > 0.0,
            "`health_check_period_s` must be above 0"
        );
        assert!(
            self.health_check_timeout_s > 0.0,
            "`health_check_timeout_s` must be above 0"
        );
        assert!(
            self.graceful_shutdown_timeout_s >= 0.0,
            "`graceful_shutdown_timeout_s` must be at least 0"
        );
        assert!(
            self.max_constructor_retry_count >= 1,
            "`max_constructor_retry_count` must be at least 1"
        );
        assert!(
            self.rolling_update_percentage >= 0.0 && self.rolling_update_percentage <= 1.0,
            "`rolling_update_percentage` must be from 0 to 1"
        );
        self
    }

    /// How many replicas there are at first.
    pub const fn initial_replicas(&self) -> u32 {
        match self.autoscaling_config {
            Some(config) => config.initial(),
            None => self.num_replicas,
        }
    }

    /// The most replicas that there can be at a time.
    pub const fn max_replicas(&self) -> u32 {
        match self.autoscaling_config {
            Some(config) => config.max_replicas,
            None => self.num_replicas,
        }
    }

    /// The name that is set, or else the one given.
    pub const fn name_or(self, default: &'a str) -> &'a str {
        match self.name {
            Some(name) => name,
            None => default,
        }
    }
}

/// As an object: `{"license": 1.0}`.
#[cfg(feature = "serde")]
fn by_name<S: serde::Serializer>(
    resources: &[(&str, f64)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(resources.iter().copied())
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self::DEFAULT
    }
}
