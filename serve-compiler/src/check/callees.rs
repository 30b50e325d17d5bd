//! Whether rustc has an error about a call. What is never used may be so only because of it.

use syn::{Expr, Ident};

use crate::ir::graph::{Action, Call, ConfigStmt, Deployment, DeploymentKind, Graph, Region};
use crate::source::callee::{Callees, Parameter};
use crate::text::name_text;

/// Whether the graph's file has a function with other parameters than a call of it has arguments.
pub(crate) fn is_one_wrong(graph: &Graph) -> bool {
    let variable = graph.deployments.iter().next().map(|first| &first.variable);
    let Some(callees) = variable.and_then(Callees::around) else {
        return false;
    };
    let is_bound_wrong = |stmt: &ConfigStmt| match stmt {
        ConfigStmt::Bind(id, expr) => {
            let params = callees.method(&ty(&graph.deployments[*id]), "new");
            params.is_some_and(|params| is_wrong_bind(graph, arguments(expr), &params))
        }
        ConfigStmt::Other(_) => false,
    };
    let is_called_wrong = |call: &Call| {
        let deployment = &graph.deployments[call.deployment];
        let params = match deployment.kind {
            DeploymentKind::Bound => callees.method(&ty(deployment), &name_text(&call.method)),
            DeploymentKind::Function => callees.function(&ty(deployment)),
        };
        params.is_some_and(|params| params.len() != call.args.len())
    };
    let mut calls = Vec::new();
    graph
        .entries
        .iter()
        .for_each(|entry| collect(&entry.body, &mut calls));
    graph.config.iter().any(is_bound_wrong) || calls.into_iter().any(is_called_wrong)
}

fn ty(deployment: &Deployment) -> String {
    let last = deployment.path.segments.last();
    last.map(|last| name_text(&last.ident)).unwrap_or_default()
}

fn collect<'g>(region: &'g Region, calls: &mut Vec<&'g Call>) {
    for step in &region.steps {
        match &step.action {
            Action::Call(call) => calls.push(call),
            Action::FanOut(fan_out) => collect(&fan_out.body, calls),
            _ => {}
        }
    }
}

/// The arguments of a `bind`, below any option builders.
fn arguments(expr: &Expr) -> Vec<&Expr> {
    match expr {
        Expr::MethodCall(call) => arguments(&call.receiver),
        Expr::Call(call) => call.args.iter().collect(),
        _ => Vec::new(),
    }
}

/// Whether there are too many or too few arguments, or one is the handle of another deployment.
fn is_wrong_bind(graph: &Graph, arguments: Vec<&Expr>, params: &[Parameter]) -> bool {
    let of_another = |(argument, param): (&&Expr, &Parameter)| {
        let (Some(name), Some(wanted)) = (variable(argument), param) else {
            return false;
        };
        let held = graph.deployments.find(|other| other.variable == *name);
        held.is_some_and(|held| ty(&graph.deployments[held]) != *wanted)
    };
    arguments.len() != params.len() || arguments.iter().zip(params).any(of_another)
}

/// `reader`, also in the `reader.clone()` that a handle has become.
fn variable(argument: &Expr) -> Option<&Ident> {
    match argument {
        Expr::Path(path) => path.path.get_ident(),
        Expr::MethodCall(call) => variable(&call.receiver),
        _ => None,
    }
}
