//! The sum of the resources that all replicas need.

use super::is_set_at_build;
use crate::text::Text;
use crate::{BoundDeployment, Topology};

/// Amounts are counted in millionths: ten times a tenth is exactly one.
const WHOLE: u64 = 1_000_000;

#[derive(Clone, Copy)]
pub(super) enum Resource {
    Cpus,
    Gpus,
}

impl Resource {
    pub(super) const fn over(self, topology: &Topology<'_>) -> Option<Text> {
        let (option, one, limit) = match self {
            Resource::Cpus => ("max_cpus", "CPU", topology.limits.max_cpus),
            Resource::Gpus => ("max_gpus", "GPU", topology.limits.max_gpus),
        };
        let Some(limit) = limit else { return None };
        let (limit, needed) = (millionths(limit), self.needed(topology));
        if needed <= limit {
            return None;
        }
        let mut text = Text::new();
        text.push("the replicas need ");
        text.push_millionths(needed);
        text.push(" ");
        text.push(one);
        text.push(if needed == WHOLE { "" } else { "s" });
        text.push(", but `");
        text.push(option);
        text.push("` is ");
        text.push_millionths(limit);
        text.push(": ");
        self.write(topology, None, true, &mut text);
        text.push("\nhelp: raise `");
        text.push(option);
        text.push("`, or lower what a replica needs or how many there are");
        Some(text)
    }

    const fn needed(self, topology: &Topology<'_>) -> u64 {
        let mut sum = 0u64;
        let mut i = 0;
        while i < topology.deployments.len() {
            let deployment = &topology.deployments[i];
            let needed = match deployment.graph {
                Some(graph) => self.needed(graph),
                None => num_replicas(deployment).saturating_mul(self.of_one(deployment)),
            };
            sum = sum.saturating_add(needed);
            i += 1;
        }
        sum
    }

    /// The need of one replica.
    const fn of_one(self, deployment: &BoundDeployment<'_>) -> u64 {
        let (option, amount) = match self {
            Resource::Cpus => ("num_cpus", deployment.options.num_cpus),
            Resource::Gpus => ("num_gpus", deployment.options.num_gpus),
        };
        match amount {
            Some(amount) if !is_set_at_build(deployment, option) => millionths(amount),
            _ => 0,
        }
    }

    /// Writes the sum; `is_first` says whether it starts here. Returns whether it has yet to start.
    const fn write(
        self,
        topology: &Topology<'_>,
        within: Option<&Within<'_>>,
        mut is_first: bool,
        text: &mut Text,
    ) -> bool {
        let mut i = 0;
        while i < topology.deployments.len() {
            let deployment = &topology.deployments[i];
            if let Some(graph) = deployment.graph {
                let within = Within {
                    graph: deployment.variable,
                    outer: within,
                };
                is_first = self.write(graph, Some(&within), is_first, text);
            } else if self.of_one(deployment) > 0 {
                if !is_first {
                    text.push(" + ");
                }
                text.push("`");
                push_prefix(within, text);
                text.push(deployment.variable);
                text.push("` ");
                text.push_number(num_replicas(deployment));
                // The first one says what is multiplied.
                text.push(match (is_first, num_replicas(deployment)) {
                    (true, 1) => " replica x ",
                    (true, _) => " replicas x ",
                    (false, _) => " x ",
                });
                is_first = false;
                text.push_millionths(self.of_one(deployment));
                if is_scaled(deployment) {
                    text.push(" (`max_replicas`)");
                }
            }
            i += 1;
        }
        is_first
    }
}

/// The bound graphs that contain a deployment.
struct Within<'a> {
    graph: &'a str,
    outer: Option<&'a Within<'a>>,
}

const fn push_prefix(within: Option<&Within<'_>>, text: &mut Text) {
    if let Some(within) = within {
        push_prefix(within.outer, text);
        text.push(within.graph);
        text.push("/");
    }
}

/// At least one replica, whatever is set at build.
const fn num_replicas(deployment: &BoundDeployment<'_>) -> u64 {
    if are_replicas_set_at_build(deployment) {
        1
    } else {
        deployment.options.max_replicas() as u64
    }
}

/// Whether the number of replicas follows the load, between known bounds.
const fn is_scaled(deployment: &BoundDeployment<'_>) -> bool {
    deployment.options.autoscaling_config.is_some() && !are_replicas_set_at_build(deployment)
}

pub(crate) const fn are_replicas_set_at_build(deployment: &BoundDeployment<'_>) -> bool {
    is_set_at_build(deployment, "num_replicas") || is_set_at_build(deployment, "autoscaling_config")
}

/// A negative number counts as 0, and a number out of range as the largest one.
const fn millionths(amount: f64) -> u64 {
    (amount * WHOLE as f64 + 0.5) as u64
}
