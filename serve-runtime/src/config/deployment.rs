//! The options of one deployment.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Deserializer};
use serve_topology::AutoscalingConfig;
use serve_topology::options::DeploymentOption;

use super::Setting;
use super::field::Field;
use super::origin::Origin;

/// The options of one deployment. An option that is `None` or [`Setting::Keep`], or that a file leaves out, stays as
/// it is bound. [`Setting::Clear`], which is `null` in a file, removes an option that may be absent.
///
/// An `async fn` without `max_ongoing_requests` on its `#[deployment]` is called in place and has no replicas:
/// options for their calls, health and replacement would have no effect, and are refused.
#[derive(Clone, Default, PartialEq, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
#[non_exhaustive]
pub struct DeploymentConfig {
    /// The variable that it is bound to in the graph function, or a function's own name. A deployment of a bound
    /// graph has that graph's variable before its own: `ocr/detector`. If several have the same name, the later ones
    /// are numbered: `detector_1`.
    pub name: String,
    /// How many replicas run; at least 1. Replaces an `autoscaling_config`.
    #[serde(default, deserialize_with = "given")]
    pub num_replicas: Option<u32>,
    /// Makes the number of replicas follow the load, in place of `num_replicas`; `null` turns that off. Fields
    /// that it leaves out have Ray Serve's defaults.
    #[serde(default)]
    pub autoscaling_config: Setting<AutoscalingConfig>,
    /// How many calls one replica works on at the same time, at least 1; `null` means no limit.
    #[serde(default)]
    pub max_ongoing_requests: Setting<u32>,
    /// How many calls may wait for a replica before the next one is refused; `null` means that nothing is set: the
    /// calls of requests that have begun all wait, and of calls from outside of any request at most 100.
    #[serde(default)]
    pub max_queued_requests: Setting<u32>,
    /// How many CPU cores one replica needs, fractions allowed; 0 or `null` means none.
    #[serde(default, deserialize_with = "none_is_zero")]
    pub num_cpus: Option<f64>,
    /// How many GPUs one replica needs: a fraction of one, or a whole number of them; 0 or `null`
    /// means none.
    #[serde(default, deserialize_with = "none_is_zero")]
    pub num_gpus: Option<f64>,
    /// How much memory one replica needs, in bytes; 0 or `null` means none.
    #[serde(default, deserialize_with = "none_is_zero")]
    pub memory: Option<u64>,
    /// The other resources of the machine that one replica needs, by name; the list replaces the bound one.
    #[serde(default, deserialize_with = "none_is_zero")]
    pub resources: Option<BTreeMap<String, f64>>,
    /// How long a call may take, in milliseconds, at least 1; `null` means no budget. It counts against the `slo_ms`
    /// of the graph.
    #[serde(default)]
    pub budget_ms: Setting<u32>,
    /// How often `check_health` is called, in seconds.
    #[serde(default, deserialize_with = "given")]
    pub health_check_period_s: Option<f64>,
    /// How long a health check may take, in seconds.
    #[serde(default, deserialize_with = "given")]
    pub health_check_timeout_s: Option<f64>,
    /// How long a replica that is shutting down may take to finish its calls, in seconds.
    #[serde(default, deserialize_with = "given")]
    pub graceful_shutdown_timeout_s: Option<f64>,
    /// How often the construction of a replica is tried before the runtime gives up; at least 1.
    #[serde(default, deserialize_with = "given")]
    pub max_constructor_retry_count: Option<u32>,
    /// The fraction of the replicas that may be replaced or reconfigured at a time, from 0 to 1.
    #[serde(default, deserialize_with = "given")]
    pub rolling_update_percentage: Option<f64>,
    /// The argument of `reconfigure`, which is called once a replica is built. Its form depends on its type.
    #[serde(default, deserialize_with = "given")]
    pub user_config: Option<serde_json::Value>,
    #[serde(skip)]
    pub(super) origin: Origin,
}

/// Setters that take the value of an `Option` field.
macro_rules! setters {
    ($($option:ident: $ty:ty),* $(,)?) => {$(
        #[doc = concat!("Sets `", stringify!($option), "`.")]
        #[must_use]
        pub fn $option(mut self, $option: $ty) -> Self {
            self.$option = Some($option);
            self
        }
    )*};
}

impl DeploymentConfig {
    /// A configuration that keeps every option as it is bound.
    pub fn new(name: impl Into<String>) -> Self {
        DeploymentConfig {
            name: name.into(),
            ..DeploymentConfig::default()
        }
    }

    setters! {
        num_replicas: u32,
        num_cpus: f64,
        num_gpus: f64,
        memory: u64,
        max_constructor_retry_count: u32,
        rolling_update_percentage: f64,
        user_config: serde_json::Value,
    }

    /// Sets `autoscaling_config`, or removes it.
    #[must_use]
    pub fn autoscaling_config(mut self, config: impl Into<Setting<AutoscalingConfig>>) -> Self {
        self.autoscaling_config = config.into();
        self
    }

    /// Sets `max_ongoing_requests`, or removes the limit.
    #[must_use]
    pub fn max_ongoing_requests(mut self, max: impl Into<Setting<u32>>) -> Self {
        self.max_ongoing_requests = max.into();
        self
    }

    /// Sets `max_queued_requests`, or unsets it.
    #[must_use]
    pub fn max_queued_requests(mut self, max: impl Into<Setting<u32>>) -> Self {
        self.max_queued_requests = max.into();
        self
    }

    /// Sets `resources`, in place of all that are bound.
    #[must_use]
    pub fn resources<N: Into<String>, A: Into<f64>>(
        mut self,
        resources: impl IntoIterator<Item = (N, A)>,
    ) -> Self {
        let resources = resources.into_iter();
        let resources = resources.map(|(name, amount)| (name.into(), amount.into()));
        self.resources = Some(resources.collect());
        self
    }

    /// Sets `budget_ms`, in whole milliseconds, or removes the budget.
    #[must_use]
    pub fn budget(mut self, budget: impl Into<Setting<Duration>>) -> Self {
        self.budget_ms = match budget.into() {
            Setting::Keep => Setting::Keep,
            Setting::Clear => Setting::Clear,
            Setting::Set(budget) => Setting::Set(milliseconds(budget)),
        };
        self
    }

    /// Sets `health_check_period_s`.
    #[must_use]
    pub fn health_check_period(mut self, period: Duration) -> Self {
        self.health_check_period_s = Some(period.as_secs_f64());
        self
    }

    /// Sets `health_check_timeout_s`.
    #[must_use]
    pub fn health_check_timeout(mut self, timeout: Duration) -> Self {
        self.health_check_timeout_s = Some(timeout.as_secs_f64());
        self
    }

    /// Sets `graceful_shutdown_timeout_s`.
    #[must_use]
    pub fn graceful_shutdown_timeout(mut self, timeout: Duration) -> Self {
        self.graceful_shutdown_timeout_s = Some(timeout.as_secs_f64());
        self
    }

    /// The given options that have no effect without replicas.
    pub(super) fn idle_without_replicas(&self) -> Vec<&'static str> {
        let options = DeploymentOption::ALL.iter().copied();
        let idle = options.filter(|it| it.needs_replicas() && self.field(*it).is_given());
        idle.map(|option| option.spec().name).collect()
    }

    /// Removes an option, except for the name.
    pub(super) fn leave_out(&mut self, option: DeploymentOption) {
        self.field_mut(option).leave_out();
    }

    /// Removes the options that have no effect without replicas.
    pub(super) fn without_replicas(mut self) -> Self {
        for option in DeploymentOption::ALL {
            if option.needs_replicas() {
                self.field_mut(*option).leave_out();
            }
        }
        self
    }

    pub(super) fn field(&self, option: DeploymentOption) -> &dyn Field {
        match option {
            DeploymentOption::Name => &self.name,
            DeploymentOption::NumReplicas => &self.num_replicas,
            DeploymentOption::AutoscalingConfig => &self.autoscaling_config,
            DeploymentOption::MaxOngoingRequests => &self.max_ongoing_requests,
            DeploymentOption::MaxQueuedRequests => &self.max_queued_requests,
            DeploymentOption::NumCpus => &self.num_cpus,
            DeploymentOption::NumGpus => &self.num_gpus,
            DeploymentOption::Memory => &self.memory,
            DeploymentOption::Resources => &self.resources,
            DeploymentOption::BudgetMs => &self.budget_ms,
            DeploymentOption::HealthCheckPeriodS => &self.health_check_period_s,
            DeploymentOption::HealthCheckTimeoutS => &self.health_check_timeout_s,
            DeploymentOption::GracefulShutdownTimeoutS => &self.graceful_shutdown_timeout_s,
            DeploymentOption::MaxConstructorRetryCount => &self.max_constructor_retry_count,
            DeploymentOption::RollingUpdatePercentage => &self.rolling_update_percentage,
        }
    }

    fn field_mut(&mut self, option: DeploymentOption) -> &mut dyn Field {
        match option {
            DeploymentOption::Name => &mut self.name,
            DeploymentOption::NumReplicas => &mut self.num_replicas,
            DeploymentOption::AutoscalingConfig => &mut self.autoscaling_config,
            DeploymentOption::MaxOngoingRequests => &mut self.max_ongoing_requests,
            DeploymentOption::MaxQueuedRequests => &mut self.max_queued_requests,
            DeploymentOption::NumCpus => &mut self.num_cpus,
            DeploymentOption::NumGpus => &mut self.num_gpus,
            DeploymentOption::Memory => &mut self.memory,
            DeploymentOption::Resources => &mut self.resources,
            DeploymentOption::BudgetMs => &mut self.budget_ms,
            DeploymentOption::HealthCheckPeriodS => &mut self.health_check_period_s,
            DeploymentOption::HealthCheckTimeoutS => &mut self.health_check_timeout_s,
            DeploymentOption::GracefulShutdownTimeoutS => &mut self.graceful_shutdown_timeout_s,
            DeploymentOption::MaxConstructorRetryCount => &mut self.max_constructor_retry_count,
            DeploymentOption::RollingUpdatePercentage => &mut self.rolling_update_percentage,
        }
    }
}

/// Rounds up to whole milliseconds; a time that does not fit becomes `u32::MAX`.
pub(super) fn milliseconds(time: Duration) -> u32 {
    u32::try_from(time.as_nanos().div_ceil(1_000_000)).unwrap_or(u32::MAX)
}

/// Reads a present value. An explicit `null` differs from an option that is left out: it removes the option if that
/// may be absent, and is an error otherwise. A `user_config` may be `null`, because `reconfigure` may take an
/// `Option`.
pub(super) fn given<'de, D, T>(file: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(file).map(Some)
}

/// Reads an option for which `null` means 0.
fn none_is_zero<'de, D, T>(file: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    let given = Option::<T>::deserialize(file)?;
    Ok(Some(given.unwrap_or_default()))
}
