//! An `autoscaling_config` as far as it is literals.

use serve_topology::AutoscalingConfig;
use syn::Expr;

use super::options::{number, whole};
use crate::syntax::autoscaling::{Config, is_none};

/// The configuration; `None` if any of it is computed.
pub(super) fn read(value: &Expr) -> Option<AutoscalingConfig> {
    let config = Config::read(value).filter(|config| config.has_defaults)?;
    let mut read = AutoscalingConfig::DEFAULT;
    for (name, given) in &config.fields {
        let value = config.inner(given);
        match name.to_string().as_str() {
            "min_replicas" => read.min_replicas = whole(value)?,
            "initial_replicas" => read.initial_replicas = optional(value, whole)?,
            "max_replicas" => read.max_replicas = whole(value)?,
            "target_ongoing_requests" => read.target_ongoing_requests = number(value)?,
            "metrics_interval_s" => read.metrics_interval_s = number(value)?,
            "look_back_period_s" => read.look_back_period_s = number(value)?,
            "upscaling_factor" => read.upscaling_factor = number(value)?,
            "downscaling_factor" => read.downscaling_factor = number(value)?,
            "upscale_delay_s" => read.upscale_delay_s = number(value)?,
            "downscale_delay_s" => read.downscale_delay_s = number(value)?,
            "downscale_to_zero_delay_s" => {
                read.downscale_to_zero_delay_s = optional(value, number)?;
            }
            _ => {}
        }
    }
    Some(read)
}

fn optional<T>(value: &Expr, read: fn(&Expr) -> Option<T>) -> Option<Option<T>> {
    match is_none(value) {
        true => Some(None),
        false => read(value).map(Some),
    }
}
