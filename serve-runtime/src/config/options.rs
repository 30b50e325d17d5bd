//! Converts between the bound options of a deployment and those in a file.

use std::collections::BTreeMap;
use std::time::Duration;

use serve_topology::options::DeploymentOption;
use serve_topology::{Options, OutOfRange};

use super::deployment::milliseconds;
use super::{DeploymentConfig, Setting};
use crate::application::bound_options::BoundOptions;

/// The options as a file has them, without the `user_config`.
pub(super) fn written(name: String, bound: &BoundOptions) -> DeploymentConfig {
    let resources = match &bound.resources {
        // An empty list counts: it may replace a list that is not.
        Some(bound) => Some(bound.iter().cloned().collect()),
        None => resources(&bound.options),
    };
    let config = DeploymentConfig {
        resources,
        origin: bound.origin.clone(),
        ..of(name, &bound.options)
    };
    match bound.is_replicated {
        true => config,
        false => config.without_replicas(),
    }
}

fn resources(options: &Options<'_>) -> Option<BTreeMap<String, f64>> {
    let resources = options.resources.iter();
    let resources = resources.map(|(name, amount)| ((*name).to_owned(), *amount));
    (!options.resources.is_empty()).then(|| resources.collect())
}

/// All options as a file has them, without the `user_config`.
pub(super) fn of(name: String, options: &Options<'_>) -> DeploymentConfig {
    let Options {
        name: _,
        num_replicas,
        autoscaling_config,
        max_ongoing_requests,
        max_queued_requests,
        num_cpus,
        num_gpus,
        memory,
        resources: _,
        budget,
        health_check_period,
        health_check_timeout,
        graceful_shutdown_timeout,
        max_constructor_retry_count,
        rolling_update_percentage,
        .. // a new option is a compile error in `DeploymentConfig::field`
    } = *options;
    DeploymentConfig {
        name,
        num_replicas: autoscaling_config.is_none().then_some(num_replicas),
        autoscaling_config: autoscaling_config.map_or(Setting::Keep, Setting::Set),
        // `None` becomes `Clear`: it may replace a limit that is bound.
        max_ongoing_requests: max_ongoing_requests.into(),
        max_queued_requests: max_queued_requests.into(),
        num_cpus,
        num_gpus,
        memory,
        resources: resources(options),
        budget_ms: budget.map(milliseconds).into(),
        health_check_period_s: Some(health_check_period.as_secs_f64()),
        health_check_timeout_s: Some(health_check_timeout.as_secs_f64()),
        graceful_shutdown_timeout_s: Some(graceful_shutdown_timeout.as_secs_f64()),
        max_constructor_retry_count: Some(max_constructor_retry_count),
        rolling_update_percentage: Some(rolling_update_percentage),
        user_config: None,
        origin: Default::default(),
    }
}

/// Sets the options that the file has, without the `user_config`; returns a value that is no valid time.
pub(super) fn apply(config: &DeploymentConfig, bound: &mut BoundOptions) -> Vec<OutOfRange> {
    let DeploymentConfig {
        name: _,
        num_replicas,
        autoscaling_config,
        max_ongoing_requests,
        max_queued_requests,
        num_cpus,
        num_gpus,
        memory,
        resources,
        budget_ms,
        health_check_period_s,
        health_check_timeout_s,
        graceful_shutdown_timeout_s,
        max_constructor_retry_count,
        rolling_update_percentage,
        user_config: _,
        origin: _,
    } = config;
    let options = &mut bound.options;
    if let Some(num_replicas) = num_replicas {
        *options = options.num_replicas(*num_replicas);
    }
    autoscaling_config.apply_to(&mut options.autoscaling_config);
    max_ongoing_requests.apply_to(&mut options.max_ongoing_requests);
    max_queued_requests.apply_to(&mut options.max_queued_requests);
    options.num_cpus = num_cpus.or(options.num_cpus);
    options.num_gpus = num_gpus.or(options.num_gpus);
    options.memory = memory.or(options.memory);
    match *budget_ms {
        Setting::Keep => {}
        Setting::Clear => options.budget = None,
        Setting::Set(budget_ms) => options.budget = Some(serve_topology::milliseconds(budget_ms)),
    }
    set(
        &mut options.max_constructor_retry_count,
        max_constructor_retry_count,
    );
    set(
        &mut options.rolling_update_percentage,
        rolling_update_percentage,
    );
    if let Some(resources) = resources {
        let resources = resources.iter();
        let resources = resources.map(|(name, amount)| (name.clone(), *amount));
        bound.resources = Some(resources.collect());
    }
    let times = [
        set_time(
            &mut options.health_check_period,
            DeploymentOption::HealthCheckPeriodS,
            health_check_period_s,
        ),
        set_time(
            &mut options.health_check_timeout,
            DeploymentOption::HealthCheckTimeoutS,
            health_check_timeout_s,
        ),
        set_time(
            &mut options.graceful_shutdown_timeout,
            DeploymentOption::GracefulShutdownTimeoutS,
            graceful_shutdown_timeout_s,
        ),
    ];
    times.into_iter().filter_map(Result::err).collect()
}

fn set<T: Copy>(option: &mut T, given: &Option<T>) {
    if let Some(given) = given {
        *option = *given;
    }
}

fn set_time(
    time: &mut Duration,
    option: DeploymentOption,
    given: &Option<f64>,
) -> Result<(), OutOfRange> {
    if let Some(given) = given {
        *time = option.spec().seconds(*given)?;
    }
    Ok(())
}
