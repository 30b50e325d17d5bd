//! The options of a deployment, under Ray Serve's names.

use std::time::Duration;

use super::range::first_out_of_range;
use super::table::{Kind, option, table};
use super::{AutoscalingConfig, OutOfRange};
use crate::setters::setters;

table! {
    /// An option of a deployment: on `#[deployment(..)]`, after `bind`, and in a file.
    DeploymentOption {
        /// A name to use in place of the type's name.
        Name => option("name", Kind::Text),
        /// The number of replicas.
        NumReplicas => option("num_replicas", Kind::Replicas).by_default(1.0),
        /// How the number of replicas follows the load.
        AutoscalingConfig => option("autoscaling_config", Kind::Autoscaling),
        /// The maximum number of calls that one replica runs at the same time.
        MaxOngoingRequests => option("max_ongoing_requests", Kind::Count),
        /// The maximum number of calls that may wait for a replica.
        MaxQueuedRequests => option("max_queued_requests", Kind::CountFromZero),
        /// The CPU cores that one replica needs.
        NumCpus => option("num_cpus", Kind::Amount),
        /// The GPUs that one replica needs.
        NumGpus => option("num_gpus", Kind::Gpus),
        /// The memory that one replica needs.
        Memory => option("memory", Kind::Bytes),
        /// The other resources that one replica needs.
        Resources => option("resources", Kind::Amounts),
        /// The time that a call may take, which the graph adds up.
        BudgetMs => option("budget_ms", Kind::Milliseconds),
        /// How often a replica's health is checked.
        HealthCheckPeriodS => option("health_check_period_s", Kind::Period).by_default(10.0),
        /// The maximum time of a health check.
        HealthCheckTimeoutS => option("health_check_timeout_s", Kind::Period).by_default(30.0),
        /// The time that a replica that is shutting down may take to finish its calls.
        GracefulShutdownTimeoutS =>
            option("graceful_shutdown_timeout_s", Kind::Timeout).by_default(20.0),
        /// The number of tries to construct a replica.
        MaxConstructorRetryCount =>
            option("max_constructor_retry_count", Kind::Count).by_default(3.0),
        /// The fraction of the replicas that may be replaced at a time.
        RollingUpdatePercentage =>
            option("rolling_update_percentage", Kind::Fraction).by_default(0.2),
    }
}

impl DeploymentOption {
    /// Whether it has no effect on a deployment without replicas. The resources of a replica are counted even
    /// where there are none.
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

    /// The option that a builder after `bind` sets.
    pub fn built_by(method: &str) -> Option<Self> {
        let mut all = Self::ALL.iter().copied();
        all.find(|option| option.spec().builder() == method)
    }
}

/// How many calls from outside of any request may wait for a replica of a deployment without a
/// `max_queued_requests`.
pub const MAX_QUEUED_FROM_OUTSIDE: u32 = 100;

/// The options of a deployment: of `#[deployment(..)]`, or set on the result of `bind`.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Options<'a> {
    /// A name to use in place of the type's name.
    pub name: Option<&'a str>,
    /// The number of replicas; 1 by default.
    pub num_replicas: u32,
    /// Lets the number of replicas follow the load, in place of `num_replicas`.
    pub autoscaling_config: Option<AutoscalingConfig>,
    /// The maximum number of calls that one replica runs at the same time; without it, an `async fn` has no
    /// limit of its own. A compute `fn` always runs one call at a time.
    pub max_ongoing_requests: Option<u32>,
    /// The maximum number of calls that wait for a replica before the next one is refused. Without it, the calls of
    /// requests that have begun all wait, and of calls from outside of any request at most
    /// [`MAX_QUEUED_FROM_OUTSIDE`].
    pub max_queued_requests: Option<u32>,
    /// The CPU cores that one replica needs, fractions allowed.
    pub num_cpus: Option<f64>,
    /// The GPUs that one replica needs: a fraction of one, or a whole number of them.
    pub num_gpus: Option<f64>,
    /// The memory that one replica needs, in bytes.
    pub memory: Option<u64>,
    /// The other resources of the machine that one replica needs, by name.
    #[cfg_attr(feature = "serde", serde(serialize_with = "by_name"))]
    pub resources: &'a [(&'a str, f64)],
    /// The time that a call may take, in whole milliseconds: it counts against the `slo_ms` of a graph.
    #[cfg_attr(
        feature = "serde",
        serde(
            rename = "budget_ms",
            serialize_with = "super::wire::as_milliseconds_if_any"
        )
    )]
    pub budget: Option<Duration>,
    /// How often `check_health` is called, if the deployment has one; 10 s by default.
    #[cfg_attr(
        feature = "serde",
        serde(
            rename = "health_check_period_s",
            serialize_with = "super::wire::as_seconds"
        )
    )]
    pub health_check_period: Duration,
    /// The maximum time of a `check_health` call, and a third of that of a `reconfigure`; 30 s by default.
    #[cfg_attr(
        feature = "serde",
        serde(
            rename = "health_check_timeout_s",
            serialize_with = "super::wire::as_seconds"
        )
    )]
    pub health_check_timeout: Duration,
    /// The time that a replica that is shutting down may take to finish its calls; 20 s by default.
    #[cfg_attr(
        feature = "serde",
        serde(
            rename = "graceful_shutdown_timeout_s",
            serialize_with = "super::wire::as_seconds"
        )
    )]
    pub graceful_shutdown_timeout: Duration,
    /// The number of tries to construct a replica before the runtime gives up; 3 by default.
    pub max_constructor_retry_count: u32,
    /// The fraction of the replicas that may be replaced or reconfigured at a time; 0.2 by default. At least
    /// one always may.
    pub rolling_update_percentage: f64,
}

impl Options<'_> {
    /// The options of a deployment that sets none.
    pub const DEFAULT: Self = Options {
        name: None,
        num_replicas: DeploymentOption::NumReplicas.spec().default_u32(),
        autoscaling_config: None,
        max_ongoing_requests: None,
        max_queued_requests: None,
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
        max_queued_requests: u32 as Some,
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

    /// The first option that is out of range. The `autoscaling_config` checks itself.
    pub const fn out_of_range(&self) -> Option<OutOfRange> {
        if let Some(wrong) = first_out_of_range!(self, DeploymentOption) {
            return Some(wrong);
        }
        self.wrong_amount()
    }

    /// The value of an option that is set and is a number.
    const fn number(&self, option: DeploymentOption) -> Option<f64> {
        match option {
            DeploymentOption::NumReplicas => Some(self.num_replicas as f64),
            DeploymentOption::MaxOngoingRequests => match self.max_ongoing_requests {
                Some(max) => Some(max as f64),
                None => None,
            },
            DeploymentOption::MaxQueuedRequests => match self.max_queued_requests {
                Some(max) => Some(max as f64),
                None => None,
            },
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
            // Every number of bytes is valid, and the other options are not numbers.
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

    /// The number of replicas at the start.
    pub const fn initial_replicas(&self) -> u32 {
        match self.autoscaling_config {
            Some(config) => config.initial(),
            None => self.num_replicas,
        }
    }

    /// The maximum number of replicas at a time.
    pub const fn max_replicas(&self) -> u32 {
        match self.autoscaling_config {
            Some(config) => config.max_replicas,
            None => self.num_replicas,
        }
    }

    /// The name that is set, or else the given one.
    pub const fn name_or(self, default: &'a str) -> &'a str {
        match self.name {
            Some(name) => name,
            None => default,
        }
    }
}

/// Generated code sets each option with the setter that its row names: for a new option, rustc requires one.
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
