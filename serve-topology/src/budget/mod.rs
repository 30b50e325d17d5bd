//! Adds up the declared needs of deployments, and compares the sums with the limits of their graph.
//!
//! All of it is `const`: `#[graph]` generates a `const` assertion for each of its limits. The runtime calls the
//! same functions once it knows the options that are set at build.
//!
//! - **Latency.** The `budget_ms` along the longest path from an entry's input to its answer, against
//!   `slo_ms`. A choice takes no time itself, and at most one of its arms is on a path. The calls for each
//!   item of a value count once, because items run in parallel as far as the replicas allow. A bound graph
//!   counts as its own longest path. The calls that a deployment makes through a handle are part of its own
//!   budget.
//! - **Resources.** `num_replicas` times `num_cpus` or `num_gpus`, over all deployments, also those of
//!   bound graphs, against `max_cpus` and `max_gpus`. A deployment with an `autoscaling_config` counts
//!   with its `max_replicas`: its maximum need.
//!
//! An undeclared value counts as 0, and so does a value that is set at build until it is known: an error at
//! compile time holds for all values that are set later.

mod path;
mod resources;
mod step;

#[doc(inline)]
pub use crate::text::Text;
pub use step::Step;

use std::time::Duration;

use crate::options::GraphOption;
use crate::text::equal;
use crate::{BoundDeployment, Topology};
use path::Path;
use resources::Resource;
pub(crate) use resources::are_replicas_set_at_build;

/// The number of [`Step`]s that the functions of this module need to work on.
pub const fn steps(topology: &Topology<'_>) -> usize {
    let mut inner = 0;
    let mut i = 0;
    while i < topology.deployments.len() {
        if let Some(graph) = topology.deployments[i].graph {
            let needed = steps(graph);
            inner = if needed > inner { needed } else { inner };
        }
        i += 1;
    }
    topology.nodes.len() + topology.choices.len() + inner
}

/// Whether any call of a request declares a `budget_ms`, so that `slo_ms` has something to check.
pub const fn has_budgets(topology: &Topology<'_>) -> bool {
    let mut i = 0;
    while i < topology.nodes.len() {
        let deployment = &topology.deployments[topology.nodes[i].deployment];
        let declares = match deployment.graph {
            Some(graph) => has_budgets(graph),
            None => declares_budget(deployment),
        };
        if declares {
            return true;
        }
        i += 1;
    }
    false
}

/// The message if `request_timeout_s` leaves a request no time at all.
pub const fn no_time(topology: &Topology<'_>) -> Option<Text> {
    match topology.limits.request_timeout {
        Some(timeout) => match GraphOption::RequestTimeoutS
            .spec()
            .refuse(timeout.as_secs_f64())
        {
            Some(wrong) => Some(wrong.text()),
            None => None,
        },
        None => None,
    }
}

/// The message if `max_ongoing_requests` lets no request in.
pub const fn no_requests(topology: &Topology<'_>) -> Option<Text> {
    match topology.limits.max_ongoing_requests {
        Some(max) => match GraphOption::MaxOngoingRequests.spec().refuse(max as f64) {
            Some(wrong) => Some(wrong.text()),
            None => None,
        },
        None => None,
    }
}

/// The message if the longest path takes longer than `slo_ms`; `work` has [`steps`] elements.
pub const fn over_slo(topology: &Topology<'_>, work: &mut [Step]) -> Option<Text> {
    let Some(slo) = topology.limits.slo else {
        return None;
    };
    let path = Path::longest(topology, None, work);
    if path.takes() <= nanoseconds(slo) {
        return None;
    }
    let mut text = Text::new();
    text.push("the longest path ");
    if topology.entries.len() > 1 {
        text.push("of `");
        text.push(topology.entries[path.entry()].route);
        text.push("` ");
    }
    text.push("takes ");
    text.push_millionths(path.takes());
    text.push(" ms, but `slo_ms` is ");
    text.push_millionths(nanoseconds(slo));
    text.push(": ");
    path.write(work, &mut text);
    text.push("\nhelp: raise `slo_ms`, or lower a `budget_ms` of this path");
    Some(text)
}

/// The message if the replicas need more than `max_cpus`.
pub const fn over_cpus(topology: &Topology<'_>) -> Option<Text> {
    Resource::Cpus.over(topology)
}

/// The message if the replicas need more than `max_gpus`.
pub const fn over_gpus(topology: &Topology<'_>) -> Option<Text> {
    Resource::Gpus.over(topology)
}

/// A compile error at the caller, if there is a message.
#[track_caller]
pub const fn refuse(wrong: Option<Text>) {
    if let Some(text) = wrong {
        panic!("{}", text.as_str())
    }
}

/// No limit counts as the largest number.
const fn nanoseconds(time: Duration) -> u64 {
    let nanoseconds = time.as_nanos();
    if nanoseconds > u64::MAX as u128 {
        u64::MAX
    } else {
        nanoseconds as u64
    }
}

/// Whether the `budget_ms` of a held deployment is a part of what `slo_ms` adds up: calls through handles are not in
/// the graph, so only the budget of the deployment that makes them can contain them.
pub const fn counts_held(topology: &Topology<'_>, holder: usize, held: usize) -> bool {
    let (holder, held) = (&topology.deployments[holder], &topology.deployments[held]);
    !declares_budget(held) || declares_budget(holder)
}

/// Also if it is set at build.
const fn declares_budget(deployment: &BoundDeployment<'_>) -> bool {
    deployment.options.budget.is_some() || is_set_at_build(deployment, "budget_ms")
}

pub(crate) const fn is_set_at_build(deployment: &BoundDeployment<'_>, option: &str) -> bool {
    let mut i = 0;
    while i < deployment.set_at_build.len() {
        if equal(deployment.set_at_build[i], option) {
            return true;
        }
        i += 1;
    }
    false
}

#[cfg(test)]
mod tests;
