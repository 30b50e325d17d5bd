//! What can be set on a deployment, under Ray Serve's names.

use std::time::Duration;

use super::table::{Kind, option, table};
use super::{AutoscalingConfig, OutOfRange};
use crate::setters::setters;

table! {
    /// An option of a deployment: on `#[deployment(..)]`, behind `bind`, and in a file.
    DeploymentOption {
        /// A name to use in place of the type's name.
        Name => option("name", Kind::Text),
        /// How many replicas run.
        NumReplicas => option("num_replicas", Kind::Count).by_default(1.0),
        /// How the number of replicas follows the load.
        AutoscalingConfig => option("autoscaling_config", Kind::Autoscaling),
        /// How many calls one replica works on at the same time.
        MaxOngoingRequests => option("max_ongoing_requests", Kind::Count),
        /// How many calls may wait for a replica.
        MaxQueuedRequests => option("max_queued_requests", Kind::CountFromZero).by_default(100.0),
        /// How many CPU cores one replica needs.
        NumCpus => option("num_cpus", Kind::Amount),
        /// How many GPUs one replica needs.
        NumGpus => option("num_gpus", Kind::Gpus),
        /// How much memory one replica needs.
        Memory => option("memory", Kind::Bytes),
        /// What else one replica needs.
        Resources => option("resources", Kind::Amounts),
        /// How long a call may take by the sums of the graph.
        BudgetMs => option("budget_ms", Kind::Milliseconds),
        /// How often a replica's health is checked.
        HealthCheckPeriodS => option("health_check_period_s", Kind::Period).by_default(10.0),
        /// How long a health check may take.
        HealthCheckTimeoutS => option("health_check_timeout_s", Kind::Period).by_default(30.0),
        /// How long a replica that is shutting down may take to finish its calls.
        GracefulShutdownTimeoutS =>
            option("graceful_shutdown_timeout_s", Kind::Timeout).by_default(20.0),
        /// How often the construction of a replica is tried.
        MaxConstructorRetryCount =>
            option("max_constructor_retry_count", Kind::Count).by_default(3.0),
        /// How large a part of the replicas may be replaced at a time.
        RollingUpdatePercentage =>
            option("rolling_update_percentage", Kind::Fraction).by_default(0.2),
    }
}

impl DeploymentOption {
    /// Whether it does nothing where a deployment has no replicas. What replicas need of the machine is
    /// counted also where there are none.
    pub const fn needs_replicas(self) -> bool {
        match self {
            DeploymentOption::MaxOngoingRequests
            | DeploymentOption::MaxQueuedRequests
            | DeploymentOption::HealthCheckPeriodS
            | DeploymentOption::HealthCheckTimeoutS
            | DeploymentOption::GracefulShutdownTimeoutS
            | DeploymentOption::MaxConstructorRetryCount
            | DeploymentOption::RollingUpdatePercentage => true,
            DeploymentOption::Name
            | DeploymentOption::NumReplicas
            | DeploymentOption::AutoscalingConfig
            | DeploymentOption::NumCpus
            | DeploymentOption::NumGpus
            | DeploymentOption::Memory
            | DeploymentOption::Resources
            | DeploymentOption::BudgetMs => false,
        }
    }

    /// The option that a builder behind `bind` sets.
    pub fn built_by(method: &str) -> Option<Self> {
        let mut all = Self::ALL.iter().copied();
        all.find(|option| option.spec().builder() == method)
    }
}

/// What is set on a deployment, on `#[deployment(..)]` or on what `bind` returns.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
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
    /// How long a call may take, in whole milliseconds: what counts against the `slo_ms` of a graph.
    #[cfg_attr(
        feature = "serde",
        serde(
            rename = "budget_ms",
            serialize_with = "super::wire::as_milliseconds_if_any"
        )
    )]
    pub budget: Option<Duration>,
    /// How often a replica is asked how it is, if its deployment has a `check_health`; 10 s by default.
    #[cfg_attr(
        feature = "serde",
        serde(
            rename = "health_check_period_s",
            serialize_with = "super::wire::as_seconds"
        )
    )]
    pub health_check_period: Duration,
    /// How long the answer may take, and a third of how long a `reconfigure` may; 30 s by default.
    #[cfg_attr(
        feature = "serde",
        serde(
            rename = "health_check_timeout_s",
            serialize_with = "super::wire::as_seconds"
        )
    )]
    pub health_check_timeout: Duration,
    /// How long a replica that is shutting down may take to finish its calls; 20 s by default.
    #[cfg_attr(
        feature = "serde",
        serde(
            rename = "graceful_shutdown_timeout_s",
            serialize_with = "super::wire::as_seconds"
        )
    )]
    pub graceful_shutdown_timeout: Duration,
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
        num_replicas: DeploymentOption::NumReplicas.spec().default_u32(),
        autoscaling_config: None,
        max_ongoing_requests: None,
        max_queued_requests: DeploymentOption::MaxQueuedRequests.spec().default_u32(),
        num_cpus: None,
        num_gpus: None,
        memory: None,
        resources: &[],
        budget: None,
        health_check_period: DeploymentOption::HealthCheckPeriodS.spec().default_time(),
        health_check_timeout: DeploymentOption::HealthCheckTimeoutS.spec().default_time(),
        graceful_shutdown_timeout: DeploymentOption::GracefulShutdownTimeoutS
            .spec()
            .default_time(),
        max_constructor_retry_count: DeploymentOption::MaxConstructorRetryCount
            .spec()
            .default_u32(),
        rolling_update_percentage: DeploymentOption::RollingUpdatePercentage
            .spec()
            .default_f64(),
    };
}

impl<'a> Options<'a> {
    setters! {
        name: &'a str as Some,
        autoscaling_config: AutoscalingConfig as Some,
        max_ongoing_requests: u32 as Some,
        max_queued_requests: u32,
        num_cpus: f64 as Some,
        num_gpus: f64 as Some,
        memory: u64 as Some,
        resources: &'a [(&'a str, f64)],
        budget: Duration as Some,
        health_check_period: Duration,
        health_check_timeout: Duration,
        graceful_shutdown_timeout: Duration,
        max_constructor_retry_count: u32,
        rolling_update_percentage: f64,
    }

    /// The same with this `num_replicas`, in place of an `autoscaling_config`.
    #[must_use]
    pub const fn num_replicas(mut self, num_replicas: u32) -> Self {
        self.num_replicas = num_replicas;
        self.autoscaling_config = None;
        self
    }

    /// The same options; a compile error where a value is out of range.
    #[must_use]
    #[track_caller]
    pub const fn checked(self) -> Self {
        if let Some(config) = self.autoscaling_config {
            let _ = config.checked();
        }
        if let Some(wrong) = self.out_of_range() {
            wrong.panic()
        }
        self
    }

    /// The first option that is out of range. The `autoscaling_config` says so of itself.
    pub const fn out_of_range(&self) -> Option<OutOfRange> {
        let mut i = 0;
        while i < DeploymentOption::ALL.len() {
            let option = DeploymentOption::ALL[i];
            if let Some(number) = self.number(option)
                && let Some(wrong) = option.spec().refuse(number)
            {
                return Some(wrong);
            }
            i += 1;
        }
        self.wrong_amount()
    }

    /// The value of an option that is a number and set.
    const fn number(&self, option: DeploymentOption) -> Option<f64> {
        match option {
            DeploymentOption::NumReplicas => Some(self.num_replicas as f64),
            DeploymentOption::MaxOngoingRequests => match self.max_ongoing_requests {
                Some(max) => Some(max as f64),
                None => None,
            },
            DeploymentOption::MaxQueuedRequests => Some(self.max_queued_requests as f64),
            DeploymentOption::NumCpus => self.num_cpus,
            DeploymentOption::NumGpus => self.num_gpus,
            DeploymentOption::BudgetMs => match self.budget {
                Some(budget) => Some(budget.as_millis() as f64),
                None => None,
            },
            DeploymentOption::HealthCheckPeriodS => Some(self.health_check_period.as_secs_f64()),
            DeploymentOption::HealthCheckTimeoutS => Some(self.health_check_timeout.as_secs_f64()),
            DeploymentOption::GracefulShutdownTimeoutS => {
                Some(self.graceful_shutdown_timeout.as_secs_f64())
            }
            DeploymentOption::MaxConstructorRetryCount => {
                Some(self.max_constructor_retry_count as f64)
            }
            DeploymentOption::RollingUpdatePercentage => Some(self.rolling_update_percentage),
            // Every number of bytes will do, and the others are no numbers.
            DeploymentOption::Memory
            | DeploymentOption::Name
            | DeploymentOption::AutoscalingConfig
            | DeploymentOption::Resources => None,
        }
    }

    const fn wrong_amount(&self) -> Option<OutOfRange> {
        let mut i = 0;
        while i < self.resources.len() {
            let (_, amount) = self.resources[i];
            if !Kind::Amount.admits(amount) {
                return Some(OutOfRange {
                    option: DeploymentOption::Resources.spec().name,
                    must: Kind::Amounts.must(),
                    is: amount,
                });
            }
            i += 1;
        }
        None
    }

    /// How many replicas there are at first.
    pub const fn initial_replicas(&self) -> u32 {
        match self.autoscaling_config {
            Some(config) => config.initial(),
            None => self.num_replicas,
        }
    }

    /// How many replicas there can be at a time at most.
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

/// Generated code sets each option by the setter that its row names: rustc asks for that of a new one.
const _: fn(DeploymentOption) = |option| match option {
    DeploymentOption::Name => {
        let _ = Options::name;
    }
    DeploymentOption::NumReplicas => {
        let _ = Options::num_replicas;
    }
    DeploymentOption::AutoscalingConfig => {
        let _ = Options::autoscaling_config;
    }
    DeploymentOption::MaxOngoingRequests => {
        let _ = Options::max_ongoing_requests;
    }
    DeploymentOption::MaxQueuedRequests => {
        let _ = Options::max_queued_requests;
    }
    DeploymentOption::NumCpus => {
        let _ = Options::num_cpus;
    }
    DeploymentOption::NumGpus => {
        let _ = Options::num_gpus;
    }
    DeploymentOption::Memory => {
        let _ = Options::memory;
    }
    DeploymentOption::Resources => {
        let _ = Options::resources;
    }
    DeploymentOption::BudgetMs => {
        let _ = Options::budget;
    }
    DeploymentOption::HealthCheckPeriodS => {
        let _ = Options::health_check_period;
    }
    DeploymentOption::HealthCheckTimeoutS => {
        let _ = Options::health_check_timeout;
    }
    DeploymentOption::GracefulShutdownTimeoutS => {
        let _ = Options::graceful_shutdown_timeout;
    }
    DeploymentOption::MaxConstructorRetryCount => {
        let _ = Options::max_constructor_retry_count;
    }
    DeploymentOption::RollingUpdatePercentage => {
        let _ = Options::rolling_update_percentage;
    }
};

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
