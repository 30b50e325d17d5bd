//! Adds up what deployments declare, against what their graph may take at most.
//!
//! All of it is `const`: `#[graph]` generates a `const` assertion of each limit that it is given, and
//! the runtime calls the same functions once the options are known that are set at build.
//!
//! - **Latency.** The `budget_ms` along the longest path from an entry's input to its answer, against
//!   `slo_ms`. A choice takes no time itself, and one way of it at most is on a path. What is called for
//!   each item of a value counts once, as items run side by side as far as the replicas allow. A bound
//!   graph counts as its own longest path. What a deployment calls through a handle is part of its own
//!   budget.
//! - **Resources.** `num_replicas` times `num_cpus` or `num_gpus`, over all deployments, also those of
//!   bound graphs, against `max_cpus` and `max_gpus`. A deployment with an `autoscaling_config` counts
//!   with its `max_replicas`: what it may come to need.
//!
//! What is not declared counts as nothing, and so does what is set at build until it is known: an error
//! at compile time is one whatever is set later.

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

/// How many [`Step`]s the functions of this module need to work on.
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

/// What is wrong if `request_timeout_s` gives a request no time at all.
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

/// What is wrong if the longest path takes longer than `slo_ms`; `work` has [`steps`] elements.
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

/// What is wrong if the replicas need more than `max_cpus`.
pub const fn over_cpus(topology: &Topology<'_>) -> Option<Text> {
    Resource::Cpus.over(topology)
}

/// What is wrong if the replicas need more than `max_gpus`.
pub const fn over_gpus(topology: &Topology<'_>) -> Option<Text> {
    Resource::Gpus.over(topology)
}

/// A compile error if there is something wrong, at the caller.
#[track_caller]
pub const fn refuse(wrong: Option<Text>) {
    if let Some(text) = wrong {
        panic!("{}", text.as_str())
    }
}

/// For ever is as long as can be counted.
const fn nanoseconds(time: Duration) -> u64 {
    let nanoseconds = time.as_nanos();
    if nanoseconds > u64::MAX as u128 {
        u64::MAX
    } else {
        nanoseconds as u64
    }
}

/// Also one that is set at build.
const fn declares_budget(deployment: &BoundDeployment<'_>) -> bool {
    deployment.options.budget.is_some() || is_set_at_build(deployment, "budget_ms")
}

const fn is_set_at_build(deployment: &BoundDeployment<'_>, option: &str) -> bool {
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
