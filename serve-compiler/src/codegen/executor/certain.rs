//! Which deployments every request of an entry calls: it is let in only if they have places for it.
//!
//! For the others the graph keeps a second handle, whose calls are refused at a full queue. `certain_calls` in the
//! runtime counts the same calls from the topology.

use std::collections::BTreeSet;

use quote::format_ident;
use syn::Ident;

use crate::ir::graph::{Action, Arm, Choose, Graph, Region};
use crate::ir::id::DeploymentId;

/// The deployments that a region calls whatever arms a request takes; of a fan-out, whatever items there are.
pub(super) fn deployments(region: &Region) -> BTreeSet<DeploymentId> {
    on_arm(region, None)
}

/// The deployments that some request of a graph may not call.
pub(in crate::codegen) fn uncertain(graph: &Graph) -> BTreeSet<DeploymentId> {
    let called = graph.deployments.pairs();
    let called = called.filter(|(_, deployment)| deployment.called);
    let certain = graph.entries.iter().map(|entry| deployments(&entry.body));
    let certain: Vec<_> = certain.collect();
    let is_uncertain = |id: &DeploymentId| certain.iter().any(|certain| !certain.contains(id));
    called.map(|(id, _)| id).filter(is_uncertain).collect()
}

/// The graph's field with the handle for entries that may not call a deployment.
pub(in crate::codegen) fn uncounted(deployment: DeploymentId) -> Ident {
    format_ident!("__uncounted_{deployment}")
}

fn on_arm(region: &Region, when: Option<Arm>) -> BTreeSet<DeploymentId> {
    let steps = region.steps.iter().filter(|step| step.when == when);
    let each = steps.map(|step| match &step.action {
        Action::Call(call) => BTreeSet::from([call.deployment]),
        Action::FanOut(fan_out) => deployments(&fan_out.body),
        Action::Choose(choose) => in_every_arm(region, choose),
        Action::Value { .. } | Action::TakeApart { .. } => BTreeSet::new(),
    });
    each.flatten().collect()
}

fn in_every_arm(region: &Region, choose: &Choose) -> BTreeSet<DeploymentId> {
    let arms = choose.branches.pairs().map(|(arm, _)| {
        let choice = choose.choice;
        on_arm(region, Some(Arm { choice, arm }))
    });
    let in_all = arms.reduce(|one, other| &one & &other);
    in_all.unwrap_or_default()
}
