//! Deployments that hold handles to each other cannot be built in any order.

use crate::diagnostics;
use crate::ir::graph::{Deployment, Graph};
use crate::ir::id::{DeploymentId, Table};
use crate::report::Report;

/// Reports every cycle of handles once, at the handle that closes it, and every handle that is used above its
/// deployment's `let`. Returns the deployments in a cycle: the other checks do not report them.
pub(crate) fn check(graph: &Graph, report: &mut Report) -> Table<DeploymentId, bool> {
    let deployments = &graph.deployments;
    let mut in_cycle = deployments.map(|_| false);
    for start in deployments.ids() {
        if in_cycle[start] {
            continue;
        }
        let mut path = vec![start];
        let mut seen = deployments.map(|_| false);
        if !find_back(deployments, start, &mut path, &mut seen) {
            continue;
        }
        for &index in &path {
            in_cycle[index] = true;
        }
        report_cycle(deployments, &path, report);
    }
    for (id, deployment) in deployments.pairs() {
        for (held, at) in &deployment.holds {
            if *held >= id && !(in_cycle[id] && in_cycle[*held]) {
                report.error(at, diagnostics::used_before_definition(at));
            }
        }
    }
    in_cycle
}

/// Extends `path` until its last deployment holds its first.
fn find_back(
    deployments: &Table<DeploymentId, Deployment>,
    start: DeploymentId,
    path: &mut Vec<DeploymentId>,
    seen: &mut Table<DeploymentId, bool>,
) -> bool {
    let last = path[path.len() - 1];
    for (held, _) in &deployments[last].holds {
        if *held == start {
            return true;
        }
        if !std::mem::replace(&mut seen[*held], true) {
            path.push(*held);
            if find_back(deployments, start, path, seen) {
                return true;
            }
            path.pop();
        }
    }
    false
}

fn report_cycle(
    deployments: &Table<DeploymentId, Deployment>,
    path: &[DeploymentId],
    report: &mut Report,
) {
    let (first, last) = (path[0], path[path.len() - 1]);
    let names = path.iter().chain([&first]);
    let chain: Vec<String> = names
        .map(|&index| deployments[index].variable.to_string())
        .collect();
    let closing = deployments[last]
        .holds
        .iter()
        .find(|(held, _)| *held == first);
    if let Some((_, at)) = closing {
        report.error(at, diagnostics::cycle_of_handles(&chain));
    }
}
