//! Between the options of a deployment that is bound and those in a file.

use serve_topology::Options;

use super::file::DeploymentConfig;
use crate::application::bound_options::BoundOptions;

/// The options as a file has them, without the `user_config`. Every one that there is has to be named here.
pub(super) fn written(name: String, bound: &BoundOptions) -> DeploymentConfig {
    let Options {
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
    } = bound.options;
    let of_type = resources.iter().map(|(name, amount)| (*name, *amount));
    let resources = match &bound.resources {
        // Also none, which may be in place of some.
        Some(bound) => Some(bound.iter().cloned().collect()),
        None if resources.is_empty() => None,
        None => Some(
            of_type
                .map(|(name, amount)| (name.to_owned(), amount))
                .collect(),
        ),
    };
    let config = DeploymentConfig {
        name,
        num_replicas: autoscaling_config.is_none().then_some(num_replicas),
        autoscaling_config: autoscaling_config.map(Some),
        // Also none, which may be in place of some.
        max_ongoing_requests: Some(max_ongoing_requests),
        max_queued_requests: Some(max_queued_requests),
        num_cpus,
        num_gpus,
        memory,
        resources,
        budget_ms: Some(budget_ms),
        health_check_period_s: Some(health_check_period_s),
        health_check_timeout_s: Some(health_check_timeout_s),
        graceful_shutdown_timeout_s: Some(graceful_shutdown_timeout_s),
        max_constructor_retry_count: Some(max_constructor_retry_count),
        rolling_update_percentage: Some(rolling_update_percentage),
        user_config: None,
    };
    match bound.is_replicated {
        true => config,
        false => DeploymentConfig {
            name: config.name,
            num_replicas: config.num_replicas,
            autoscaling_config: config.autoscaling_config,
            num_cpus: config.num_cpus,
            num_gpus: config.num_gpus,
            memory: config.memory,
            resources: config.resources,
            budget_ms: config.budget_ms,
            ..DeploymentConfig::default()
        },
    }
}

/// The options that a file has and that do nothing without replicas. What replicas need is counted also where
/// there are none.
pub(super) fn idle(config: &DeploymentConfig) -> Vec<&'static str> {
    let options = [
        (
            "max_ongoing_requests",
            config.max_ongoing_requests.is_some(),
        ),
        ("max_queued_requests", config.max_queued_requests.is_some()),
        (
            "health_check_period_s",
            config.health_check_period_s.is_some(),
        ),
        (
            "health_check_timeout_s",
            config.health_check_timeout_s.is_some(),
        ),
        (
            "graceful_shutdown_timeout_s",
            config.graceful_shutdown_timeout_s.is_some(),
        ),
        (
            "max_constructor_retry_count",
            config.max_constructor_retry_count.is_some(),
        ),
        (
            "rolling_update_percentage",
            config.rolling_update_percentage.is_some(),
        ),
    ];
    let given = options.iter().filter(|(_, is_given)| *is_given);
    given.map(|(option, _)| *option).collect()
}

/// Sets what the file has, without the `user_config`.
pub(super) fn apply(config: &DeploymentConfig, bound: &mut BoundOptions) {
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
    } = config;
    let options = &mut bound.options;
    if let Some(num_replicas) = num_replicas {
        options.num_replicas = *num_replicas;
        options.autoscaling_config = None;
    }
    set(&mut options.autoscaling_config, autoscaling_config);
    set(&mut options.max_ongoing_requests, max_ongoing_requests);
    options.num_cpus = num_cpus.or(options.num_cpus);
    options.num_gpus = num_gpus.or(options.num_gpus);
    options.memory = memory.or(options.memory);
    set(&mut options.budget_ms, budget_ms);
    set(&mut options.max_queued_requests, max_queued_requests);
    set(&mut options.health_check_period_s, health_check_period_s);
    set(&mut options.health_check_timeout_s, health_check_timeout_s);
    set(
        &mut options.graceful_shutdown_timeout_s,
        graceful_shutdown_timeout_s,
    );
    set(
        &mut options.max_constructor_retry_count,
        max_constructor_retry_count,
    );
    set(
        &mut options.rolling_update_percentage,
        rolling_update_percentage,
    );
    if let Some(resources) = resources {
        let resources = resources
            .iter()
            .map(|(name, amount)| (name.clone(), *amount));
        bound.resources = Some(resources.collect());
    }
}

fn set<T: Copy>(option: &mut T, given: &Option<T>) {
    if let Some(given) = given {
        *option = *given;
    }
}
