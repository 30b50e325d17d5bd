//! Reports what no answer of a graph depends on.

use std::collections::HashSet;

use crate::diagnostics;
use crate::ir::graph::{Action, Deployment, DeploymentKind, Entry, Graph, Origin, Region};
use crate::ir::id::{DeploymentId, EdgeId, Table};
use crate::report::Report;
use crate::text::tidy;

/// Reports deployments that no request reaches, and values and inputs that are never read. `silent` marks the
/// deployments that have a worse error already.
pub(crate) fn check(graph: &Graph, silent: &Table<DeploymentId, bool>, report: &mut Report) {
    deployments(graph, silent, report);
    for entry in &graph.entries {
        values(entry, report);
    }
}

fn values(entry: &Entry, report: &mut Report) {
    let inputs: HashSet<EdgeId> = entry.params.iter().map(|param| param.edge).collect();
    for (id, edge) in entry.edges.pairs() {
        // In Rust, a name that starts with an underscore may stay unused. Here the work would still be done.
        if edge.consumers > 0 || edge.looked_at {
            continue;
        }
        let message = match call_of(&entry.body, id) {
            _ if inputs.contains(&id) => diagnostics::unused_input(&edge.ident),
            _ if edge.origin == Origin::Part => diagnostics::unused_part(&edge.ident),
            Some(name) if edge.ident == "_" => diagnostics::unused_result(&name),
            _ if edge.ident == "_" => diagnostics::unsupported_statement().to_owned(),
            _ => diagnostics::unused_value(&edge.ident),
        };
        report.error(&edge.ident, message);
    }
}

/// The name of the call that gives an edge.
fn call_of(region: &Region, edge: EdgeId) -> Option<String> {
    region.steps.iter().find_map(|step| match &step.action {
        Action::Call(call) if call.edge == edge => Some(call.name.clone()),
        Action::FanOut(fan_out) if fan_out.edge == edge => {
            Some(format!("{}.map", tidy(&fan_out.text)))
        }
        Action::FanOut(fan_out) => call_of(&fan_out.body, edge),
        _ => None,
    })
}

fn deployments(graph: &Graph, silent: &Table<DeploymentId, bool>, report: &mut Report) {
    let deployments = &graph.deployments;
    let reached = reached(deployments);
    for (id, deployment) in deployments.pairs() {
        if silent[id] || reached.contains(&id) || deployment.kind == DeploymentKind::Function {
            continue;
        }
        let holds_it = |other: &Deployment| other.holds.iter().any(|(held, _)| *held == id);
        if deployments.iter().any(holds_it) {
            continue; // its holder is reported, or the cycle that it is part of
        }
        let held = deployment.holds.iter().map(|(held, _)| *held);
        let held = held.filter(|held| !reached.contains(held));
        let held: Vec<String> = held
            .map(|held| deployments[held].variable.to_string())
            .collect();
        let edges = graph.entries.iter().flat_map(|entry| &entry.edges);
        let is_hidden = edges
            .into_iter()
            .any(|edge| edge.ident == deployment.variable);
        let message = match is_hidden {
            true => diagnostics::hidden_deployment(&deployment.variable),
            false => diagnostics::unused_deployment(&deployment.variable, &held),
        };
        report.error(&deployment.variable, message);
    }
}

/// The deployments that nodes call, the deployments whose handles those hold, and so on.
fn reached(deployments: &Table<DeploymentId, Deployment>) -> HashSet<DeploymentId> {
    let called = |id: &DeploymentId| deployments[*id].called;
    let mut open: Vec<DeploymentId> = deployments.ids().filter(called).collect();
    let mut reached = HashSet::new();
    while let Some(id) = open.pop() {
        if reached.insert(id) {
            open.extend(deployments[id].holds.iter().map(|(held, _)| *held));
        }
    }
    reached
}
