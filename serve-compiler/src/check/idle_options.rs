//! Options of a function that do nothing there: worth a warning.

use crate::diagnostics;
use crate::ir::deployment::DeploymentFn;
use crate::report::Report;

/// Warns of options that change nothing.
pub(crate) fn check(deployment: &DeploymentFn, report: &mut Report) {
    let DeploymentFn {
        options, function, ..
    } = deployment;
    for option in &options.0 {
        if option.key == "num_replicas" && function.is_async && !options.has("max_ongoing_requests")
        {
            report.warn(
                &option.key,
                "num_replicas_of_an_async_fn",
                diagnostics::replicas_without_state(),
            );
        }
        if option.key == "autoscaling_config"
            && function.is_async
            && !options.has("max_ongoing_requests")
        {
            report.warn(
                &option.key,
                "autoscaling_config_of_an_async_fn",
                diagnostics::scaling_without_state(),
            );
        }
        if option.key == "max_ongoing_requests" && !function.is_async {
            report.warn(
                &option.key,
                "max_ongoing_requests_of_a_fn",
                diagnostics::limit_of_a_compute_function(),
            );
        }
    }
}
