//! The options of a deployment that its controller keeps to.

use std::sync::Arc;
use std::time::Duration;

use serve_topology::{AutoscalingConfig, Options};

use crate::resources::Demand;
use crate::util::tokio_runtime;

/// What a controller needs to know, checked.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) name: Arc<str>,
    pub(crate) num_replicas: u32,
    pub(crate) autoscaling_config: Option<AutoscalingConfig>,
    /// What a replica needs of the machine.
    pub(crate) demand: Demand,
    pub(crate) health_check_period: Duration,
    pub(crate) health_check_timeout: Duration,
    pub(crate) graceful_shutdown_timeout: Duration,
    pub(crate) max_constructor_retry_count: u32,
    pub(crate) rolling_update_percentage: f64,
    /// Whether it is said of a replica that it takes long to be built.
    pub(crate) watches_starts: bool,
}

/// What of the settings is not as before, beyond what the controller just keeps to.
#[cfg(feature = "config")]
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Changed {
    /// How many replicas there are to be, or how that follows the load.
    pub(crate) num_replicas: bool,
    /// What a replica needs of the machine, so that those that there are have to be replaced.
    pub(crate) demand: bool,
    pub(crate) user_config: bool,
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
            watches_starts: tokio_runtime::is_real(),
        }
    }
}
