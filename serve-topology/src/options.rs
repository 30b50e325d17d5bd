//! A deployment's options, under Ray Serve's names.

use crate::AutoscalingConfig;

/// What can be set on a deployment, on `#[deployment(..)]` or on what `bind` returns.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "render", derive(serde::Serialize))]
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
    /// How many GPUs one replica needs, fractions allowed.
    pub num_gpus: Option<f64>,
    /// How long a call may take, in milliseconds: what counts against the `slo_ms` of a graph.
    pub budget_ms: Option<u32>,
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
        budget_ms: None,
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
        }
        if let Some(ms) = self.budget_ms {
            assert!(ms >= 1, "`budget_ms` must be at least 1");
        }
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

impl Default for Options<'_> {
    fn default() -> Self {
        Self::DEFAULT
    }
}
