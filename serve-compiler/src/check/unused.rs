//! Everything that a graph binds or computes is there for the answer.

use std::collections::HashSet;

use crate::diagnostics;
use crate::ir::graph::{Deployment, DeploymentKind, Graph, Step};
use crate::report::Report;

/// Reports deployments that no request reaches, and values and inputs that nobody reads. `silent`
/// marks the deployments that something worse was reported of.
pub(crate) fn check(graph: &Graph, silent: &[bool], report: &mut Report) {
    deployments(&graph.deployments, silent, report);
    let entry = &graph.entry;
    let inputs: HashSet<usize> = entry.params.iter().map(|param| param.edge).collect();
    for (index, edge) in entry.edges.iter().enumerate() {
        // A name with an underscore in front says that it is meant, as in Rust, but here the work
        // would be done all the same.
        if edge.consumers > 0 {
            continue;
        }
        let message = match call_of(&entry.steps, index) {
            _ if inputs.contains(&index) => diagnostics::unused_input(&edge.ident),
            Some(name) if edge.ident == "_" => diagnostics::unused_result(name),
            _ => diagnostics::unused_value(&edge.ident),
        };
        report.error(&edge.ident, message);
    }
}

fn call_of(steps: &[Step], edge: usize) -> Option<&str> {
    steps.iter().find_map(|step| match step {
        Step::Call(call) if call.edge == edge => Some(call.name.as_str()),
        _ => None,
    })
}

fn deployments(deployments: &[Deployment], silent: &[bool], report: &mut Report) {
    let reached = reached(deployments);
    for (index, deployment) in deployments.iter().enumerate() {
        if silent[index] || reached.contains(&index) || deployment.kind == DeploymentKind::Function
        {
            continue;
        }
        let holds_it = |other: &Deployment| other.holds.iter().any(|(held, _)| *held == index);
        if deployments.iter().any(holds_it) {
            continue; // its holder is reported, or a cycle that it is in
        }
        let held = deployment.holds.iter().map(|(held, _)| *held);
        let held = held.filter(|held| !reached.contains(held));
        let held: Vec<String> = held
            .map(|held| deployments[held].variable.to_string())
            .collect();
        let message = diagnostics::unused_deployment(&deployment.variable, &held);
        report.error(&deployment.variable, message);
    }
}

/// What nodes call, and what that holds, and so on.
fn reached(deployments: &[Deployment]) -> HashSet<usize> {
    let called = |index: &usize| deployments[*index].called;
    let mut open: Vec<usize> = (0..deployments.len()).filter(called).collect();
    let mut reached = HashSet::new();
    while let Some(index) = open.pop() {
        if reached.insert(index) {
            open.extend(deployments[index].holds.iter().map(|(held, _)| *held));
        }
    }
    reached
}
