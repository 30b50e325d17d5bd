//! The setters and fields of one deployment's options.

use std::time::Duration;

use serve_topology::AutoscalingConfig;
use serve_topology::options::DeploymentOption;

use super::{DeploymentConfig, Setting};

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

    fn field(&self, option: DeploymentOption) -> &dyn Field {
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

/// One option of a file, whatever its type.
trait Field {
    fn is_given(&self) -> bool;
    fn leave_out(&mut self);
}

impl<T> Field for Option<T> {
    fn is_given(&self) -> bool {
        self.is_some()
    }

    fn leave_out(&mut self) {
        *self = None;
    }
}

impl<T> Field for Setting<T> {
    fn is_given(&self) -> bool {
        !self.is_keep()
    }

    fn leave_out(&mut self) {
        *self = Setting::Keep;
    }
}

/// The name identifies the deployment: it is always given and never left out.
impl Field for String {
    fn is_given(&self) -> bool {
        true
    }

    fn leave_out(&mut self) {}
}
