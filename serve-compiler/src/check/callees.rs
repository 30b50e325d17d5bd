//! Calls that cannot be right, as far as the graph's file tells. Where rustc would speak of generated types, they are
//! reported here; where it has better words, what is never used may be so only because of them.

use syn::{Expr, Ident};

use crate::diagnostics;
use crate::ir::graph::{
    Action, Call, ConfigStmt, Deployment, DeploymentKind, Graph, Operand, Region,
};
use crate::report::Report;
use crate::source::callee::{Callees, Use, guessed_parameters};
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
            params.is_some_and(|params| params.len() != arguments(expr).len())
        }
        ConfigStmt::Other(_) => false,
    };
    let is_called_wrong = |call: &Call| {
        let deployment = &graph.deployments[call.deployment];
        let params = match deployment.kind {
            DeploymentKind::Bound => callees.method(&ty(deployment), &name_text(&call.method)),
            DeploymentKind::Function => callees.function(&deployment.variable),
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

/// Reports methods that there are not, and functions that are called with too many or too few arguments.
pub(crate) fn check(graph: &Graph, report: &mut Report) {
    let mut calls = Vec::new();
    graph
        .entries
        .iter()
        .for_each(|entry| collect(&entry.body, &mut calls));
    let leaves_doubt = |text: &str| {
        let holds = |holder: &Deployment| {
            !holder.holds.is_empty() && text.contains(&format!("impl {}", ty(holder)))
        };
        text.contains("multiplexed")
            || graph.deployments.iter().any(holds)
            || calls.iter().any(|call| is_doubtful(graph, call, text))
    };
    let variable = graph.deployments.iter().next().map(|first| &first.variable);
    let Some(callees) = variable.and_then(|at| Callees::in_doubt(at, leaves_doubt)) else {
        return;
    };
    for stmt in &graph.config {
        if let ConfigStmt::Bind(id, expr) = stmt {
            handles(
                graph,
                &ty(&graph.deployments[*id]),
                &arguments(expr),
                &callees,
                report,
            );
        }
    }
    for call in calls {
        let deployment = &graph.deployments[call.deployment];
        let Some(ty) = deployment.path.segments.last().map(|last| &last.ident) else {
            continue;
        };
        if deployment.path.segments.len() > 1 {
            continue;
        }
        match deployment.kind {
            DeploymentKind::Bound => method(call, ty, &callees, report),
            DeploymentKind::Function => function(call, &deployment.variable, &callees, report),
        }
    }
}

/// Whether a text does not seem to have what is called.
fn is_doubtful(graph: &Graph, call: &Call, text: &str) -> bool {
    let deployment = &graph.deployments[call.deployment];
    match deployment.kind {
        DeploymentKind::Bound => {
            call.method != "call" && !text.contains(&format!("fn {}", call.method))
        }
        DeploymentKind::Function => {
            let guessed = guessed_parameters(text, &deployment.variable);
            guessed.is_some_and(|guessed| guessed != call.args.len())
        }
    }
}

fn function(call: &Call, name: &Ident, callees: &Callees, report: &mut Report) {
    let Some(params) = callees.function(name) else {
        return;
    };
    let texts: Vec<&str> = params.iter().map(|param| param.text.as_str()).collect();
    let message = diagnostics::number_of_arguments(name, &texts, call.args.len());
    match call.args.get(params.len()) {
        Some(Operand::Edge { at, .. }) => report.error(at, message),
        Some(Operand::Plain { expr, .. }) => report.error(expr, message),
        None if call.args.len() < params.len() => {
            report.push(syn::Error::new(call.parens, message));
        }
        None => {}
    }
}

fn method(call: &Call, ty: &Ident, callees: &Callees, report: &mut Report) {
    let Some(methods) = callees.methods(ty) else {
        return;
    };
    let name = name_text(&call.method);
    match methods.iter().find(|(known, _)| *known == name) {
        Some((_, Use::ByCallers)) => {}
        Some((_, Use::Loader)) => {
            report.error(&call.method, diagnostics::loader_called(&name, ty));
        }
        _ => {
            let known = methods.iter().filter(|(_, used)| *used == Use::ByCallers);
            let known: Vec<&str> = known.map(|(name, _)| name.as_str()).collect();
            if known.is_empty() {
                return; // that was reported
            }
            report.error(&call.method, diagnostics::no_such_method(&name, ty, &known));
        }
    }
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

/// Reports handles of other deployments than those that a constructor takes.
fn handles(graph: &Graph, holder: &str, given: &[&Expr], callees: &Callees, report: &mut Report) {
    let params = callees.method(holder, "new").unwrap_or_default();
    if params.len() != given.len() {
        return;
    }
    for (argument, param) in given.iter().zip(&params) {
        let (Some(name), Some(wanted)) = (variable(argument), &param.handle_of) else {
            continue;
        };
        let Some(id) = graph.deployments.find(|other| other.variable == *name) else {
            continue;
        };
        let found = ty(&graph.deployments[id]);
        if found != *wanted && callees.is_deployment(&found) && callees.is_deployment(wanted) {
            let of_wanted = |other: &&Deployment| ty(other) == *wanted;
            let right = graph
                .deployments
                .iter()
                .find(of_wanted)
                .map(|right| &right.variable);
            report.error(name, diagnostics::wrong_handle(name, &found, wanted, right));
        }
    }
}

/// `reader`, also in the `reader.clone()` that a handle has become.
fn variable(argument: &Expr) -> Option<&Ident> {
    match argument {
        Expr::Path(path) => path.path.get_ident(),
        Expr::MethodCall(call) => variable(&call.receiver),
        _ => None,
    }
}
