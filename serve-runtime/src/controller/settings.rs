//! The options of a deployment that its controller applies.

use std::sync::Arc;
use std::time::Duration;

use serve_topology::{AutoscalingConfig, Options};

use crate::resources::Demand;
use crate::util::tokio_runtime;

/// What a controller needs of the options, checked.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) name: Arc<str>,
    pub(crate) num_replicas: u32,
    pub(crate) autoscaling_config: Option<AutoscalingConfig>,
    /// The resources that a replica needs.
    pub(crate) demand: Demand,
    pub(crate) health_check_period: Duration,
    pub(crate) health_check_timeout: Duration,
    pub(crate) graceful_shutdown_timeout: Duration,
    pub(crate) max_constructor_retry_count: u32,
    pub(crate) rolling_update_percentage: f64,
    /// Whether slow starts and standstills are reported.
    pub(crate) watches: bool,
}

/// Which settings have changed, of those that need more than being applied from now on.
#[cfg(feature = "config")]
#[derive(Debug, Clone, Default)]
pub(crate) struct Changed {
    /// The number of replicas, or how that follows the load.
    pub(crate) num_replicas: bool,
    /// The resources that a replica needs, so that the existing ones have to be replaced.
    pub(crate) demand: bool,
    pub(crate) user_config: bool,
    /// The error of the change that this one undoes.
    pub(crate) undoes: Option<Arc<str>>,
}

#[cfg(feature = "config")]
impl Changed {
    /// Whether the replicas there are stay as they are.
    pub(crate) fn is_number_alone(&self) -> bool {
        self.num_replicas && !self.demand && !self.user_config
    }
}

impl Settings {
    /// The settings of options that are in range.
    pub(crate) fn new(name: Arc<str>, options: &Options<'_>, demand: Demand) -> Self {
        Settings {
            name,
            num_replicas: options.initial_replicas(),
            autoscaling_config: options.autoscaling_config,
            demand,
            health_check_period: options.health_check_period,
            health_check_timeout: options.health_check_timeout,
            graceful_shutdown_timeout: options.graceful_shutdown_timeout,
            max_constructor_retry_count: options.max_constructor_retry_count,
            rolling_update_percentage: options.rolling_update_percentage,
            watches: tokio_runtime::is_real(),
        }
    }
}
