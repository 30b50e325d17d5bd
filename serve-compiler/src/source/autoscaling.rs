//! An `autoscaling_config`, if it consists of literals.

use serve_topology::options::AutoscalingOption;
use serve_topology::{AutoscalingConfig, seconds};
use syn::Expr;

use super::options::{number, whole};
use crate::syntax::autoscaling::{Config, Field};

/// The configuration; `None` if any of it is computed.
pub(super) fn read(value: &Expr) -> Option<AutoscalingConfig> {
    let config = Config::read(value).filter(|config| config.has_defaults)?;
    let mut read = AutoscalingConfig::DEFAULT;
    for Field { option, value, .. } in &config.fields {
        let Some(option) = option else {
            continue; // the macro reports it
        };
        match option {
            AutoscalingOption::MinReplicas => read.min_replicas = whole(value)?,
            AutoscalingOption::InitialReplicas => read.initial_replicas = Some(whole(value)?),
            AutoscalingOption::MaxReplicas => read.max_replicas = whole(value)?,
            AutoscalingOption::TargetOngoingRequests => {
                read.target_ongoing_requests = number(value)?;
            }
            AutoscalingOption::MetricsIntervalS => {
                read.metrics_interval = seconds(number(value)?);
            }
            AutoscalingOption::LookBackPeriodS => {
                read.look_back_period = seconds(number(value)?);
            }
            AutoscalingOption::UpscalingFactor => read.upscaling_factor = number(value)?,
            AutoscalingOption::DownscalingFactor => read.downscaling_factor = number(value)?,
            AutoscalingOption::UpscaleDelayS => read.upscale_delay = seconds(number(value)?),
            AutoscalingOption::DownscaleDelayS => read.downscale_delay = seconds(number(value)?),
            AutoscalingOption::DownscaleToZeroDelayS => {
                read.downscale_to_zero_delay = Some(seconds(number(value)?));
            }
        }
    }
    Some(read)
}
