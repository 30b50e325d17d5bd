//! Options that were computed, so that the compiler could not check them.
//!
//! Apart from what is compiled once for each deployment of a program.

use serve_topology::Options;

use crate::resources::{Demand, Wanted};
use crate::{Error, Result};

/// What the replicas of a deployment need of the machine; `resources` are those that were set where it
/// is bound.
///
/// # Errors
///
/// If an option is out of range.
pub(crate) fn wants(
    deployment: &str,
    options: &Options<'_>,
    resources: Option<&[(String, f64)]>,
    has_threads: bool,
) -> Result<Wanted> {
    check(deployment, options)?;
    let demand = Demand::of(options, resources, has_threads);
    Ok(Wanted {
        deployment: deployment.into(),
        num_replicas: options.initial_replicas() as usize,
        demand: demand.map_err(|wrong| refused(deployment, &wrong))?,
    })
}

fn check(deployment: &str, options: &Options<'_>) -> Result<()> {
    let refuse = |wrong: &str| Err(refused(deployment, wrong));
    if options.num_replicas == 0 {
        return refuse("`num_replicas` must be at least 1, but is 0");
    }
    if let Some(wrong) = options.autoscaling_config.and_then(|it| it.out_of_range()) {
        return refuse(&format!(
            "`autoscaling_config`: {}, but is {}",
            wrong.must, wrong.is
        ));
    }
    if options.max_ongoing_requests == Some(0) {
        return refuse("`max_ongoing_requests` must be at least 1, but is 0");
    }
    if options.budget_ms == Some(0) {
        return refuse("`budget_ms` must be at least 1, but is 0");
    }
    if options.max_constructor_retry_count == 0 {
        return refuse("`max_constructor_retry_count` must be at least 1, but is 0");
    }
    for (option, seconds) in [
        ("health_check_period_s", options.health_check_period_s),
        ("health_check_timeout_s", options.health_check_timeout_s),
    ] {
        if seconds.is_nan() || seconds <= 0.0 {
            return refuse(&format!("`{option}` must be above 0, but is {seconds}"));
        }
    }
    let seconds = options.graceful_shutdown_timeout_s;
    if seconds.is_nan() || seconds < 0.0 {
        return refuse(&format!(
            "`graceful_shutdown_timeout_s` must be at least 0, but is {seconds}"
        ));
    }
    let part = options.rolling_update_percentage;
    if !(0.0..=1.0).contains(&part) {
        return refuse(&format!(
            "`rolling_update_percentage` must be from 0 to 1, but is {part}"
        ));
    }
    Ok(())
}

fn refused(deployment: &str, wrong: &str) -> Error {
    Error::invalid_input(format!("deployment `{deployment}`: {wrong}"))
}
