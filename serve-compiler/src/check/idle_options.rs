//! Options of a function that have no effect there: worth a warning.

use serve_topology::options::DeploymentOption;

use crate::diagnostics;
use crate::ir::deployment::DeploymentFn;
use crate::report::Report;

/// Warns of options that have no effect.
pub(crate) fn check(deployment: &DeploymentFn, report: &mut Report) {
    let DeploymentFn {
        options, function, ..
    } = deployment;
    let is_async = function.is_async;
    let has_replicas = !is_async || options.has("max_ongoing_requests");
    for option in &options.0 {
        let Some(known) = DeploymentOption::named(&option.key.to_string()) else {
            continue;
        };
        let idle = match known {
            DeploymentOption::NumReplicas if !has_replicas => (
                "num_replicas_of_an_async_fn",
                diagnostics::function_without_replicas(known.spec().name),
            ),
            DeploymentOption::AutoscalingConfig if !has_replicas => (
                "autoscaling_config_of_an_async_fn",
                diagnostics::function_without_replicas(known.spec().name),
            ),
            DeploymentOption::MaxOngoingRequests if !is_async => (
                "max_ongoing_requests_of_a_fn",
                diagnostics::limit_of_a_compute_function().to_owned(),
            ),
            DeploymentOption::Name
            | DeploymentOption::NumReplicas
            | DeploymentOption::AutoscalingConfig
            | DeploymentOption::MaxOngoingRequests
            | DeploymentOption::MaxQueuedRequests
            | DeploymentOption::NumCpus
            | DeploymentOption::NumGpus
            | DeploymentOption::Memory
            | DeploymentOption::Resources
            | DeploymentOption::BudgetMs
            | DeploymentOption::HealthCheckPeriodS
            | DeploymentOption::HealthCheckTimeoutS
            | DeploymentOption::GracefulShutdownTimeoutS
            | DeploymentOption::MaxConstructorRetryCount
            | DeploymentOption::RollingUpdatePercentage => continue,
        };
        let (name, message) = idle;
        report.warn(&option.key, name, message);
    }
}
