//! Expressions of an input block: node calls become steps, the rest stays an expression over edges.

use quote::{ToTokens, format_ident};
use syn::visit_mut::VisitMut;
use syn::{Expr, ExprCall, ExprMethodCall, Ident, Path, PathArguments};

use super::config::{last_segment, unique};
use super::plain::Plain;
use super::scope::{Meaning, Scope};
use crate::diagnostics;
use crate::ir::graph::{Call, Deployment, DeploymentKind, Edge, Operand, Step};
use crate::report::Report;
use crate::syntax::tokens;

/// The input block on its way to a graph.
pub(super) struct Lowering<'a> {
    pub(super) deployments: &'a mut Vec<Deployment>,
    pub(super) scope: Scope,
    pub(super) edges: Vec<Edge>,
    pub(super) steps: Vec<Step>,
    pub(super) report: &'a mut Report,
}

/// A call of a node, recognised.
pub(super) enum NodeCall<'e> {
    Method(&'e ExprMethodCall, usize),
    Function(&'e ExprCall, &'e Path),
}

impl<'a> Lowering<'a> {
    pub(super) fn new(
        deployments: &'a mut Vec<Deployment>,
        scope: Scope,
        report: &'a mut Report,
    ) -> Self {
        Lowering {
            deployments,
            scope,
            edges: Vec::new(),
            steps: Vec::new(),
            report,
        }
    }

    /// What an expression stands for; `None` after an error.
    pub(super) fn operand(&mut self, expr: &Expr) -> Option<Operand> {
        match expr {
            Expr::Paren(paren) => return self.operand(&paren.expr),
            Expr::Group(group) => return self.operand(&group.expr),
            Expr::Path(path) => {
                if let Some(ident) = path.path.get_ident()
                    && let Meaning::Edge(edge) = self.scope.meaning(ident)
                {
                    let at = ident.clone();
                    return Some(Operand::Edge { edge, at });
                }
            }
            Expr::Reference(reference) if reference.mutability.is_none() => {
                if let Expr::Path(path) = &*reference.expr
                    && let Some(ident) = path.path.get_ident()
                    && let Meaning::Edge(_) = self.scope.meaning(ident)
                {
                    let message = diagnostics::borrowed_edge();
                    self.report.error(reference.and_token, message);
                    self.excuse(expr);
                    return None;
                }
            }
            _ => {}
        }
        let edges = self.edges.len();
        let operand = match self.node_call(expr) {
            Some(call) => self.call(call).map(|(edge, at)| Operand::Edge { edge, at }),
            None => self.plain(expr),
        };
        if operand.is_none() {
            self.excuse(expr);
            let made = &mut self.edges[edges..];
            made.iter_mut().for_each(|edge| edge.excused = true);
        }
        operand
    }

    /// Keeps the checks silent on whatever an expression with an error mentions.
    pub(super) fn excuse(&mut self, expr: &Expr) {
        for ident in tokens::variables(expr.to_token_stream()) {
            self.excuse_name(&ident);
        }
    }

    /// Keeps the checks silent on what a name means, or was meant to mean.
    fn excuse_name(&mut self, ident: &Ident) {
        match self.scope.meaning(ident) {
            Meaning::Edge(edge) => self.edges[edge].excused = true,
            Meaning::Deployment(deployment) => self.deployments[deployment].called = true,
            Meaning::Unknown => {
                let name = ident.to_string();
                let meant = diagnostics::nearest(&name, self.scope.names());
                if let Some(meant) = meant.map(|meant| Ident::new(meant, ident.span())) {
                    self.excuse_name(&meant);
                }
            }
            Meaning::Configuration | Meaning::Later => {}
        }
    }

    /// A plain expression; its node calls become steps of their own.
    fn plain(&mut self, expr: &Expr) -> Option<Operand> {
        let text = expr.to_token_stream().to_string();
        let mut expr = expr.clone();
        let errors = self.report.len();
        let mut plain = Plain::new(self);
        plain.visit_expr_mut(&mut expr);
        let reads = plain.reads;
        (self.report.len() == errors).then(|| Operand::Plain {
            expr: Box::new(expr),
            reads,
            text,
        })
    }

    /// Whether an expression calls a node.
    pub(super) fn node_call<'e>(&self, expr: &'e Expr) -> Option<NodeCall<'e>> {
        match expr {
            Expr::MethodCall(call) => match &*call.receiver {
                Expr::Path(receiver) => match self.scope.meaning(receiver.path.get_ident()?) {
                    Meaning::Deployment(deployment) => Some(NodeCall::Method(call, deployment)),
                    _ => None,
                },
                _ => None,
            },
            Expr::Call(call) => match &*call.func {
                Expr::Path(func) if func.qself.is_none() && is_function(&func.path) => {
                    Some(NodeCall::Function(call, &func.path))
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// Adds a call; the edge that it gives comes back, and the token to point at.
    pub(super) fn call(&mut self, call: NodeCall<'_>) -> Option<(usize, Ident)> {
        let (deployment, method, args, parens, name) = match call {
            NodeCall::Method(call, deployment) => {
                if let Some(turbofish) = &call.turbofish {
                    self.report.error(turbofish, diagnostics::generic_call());
                }
                let name = format!("{}.{}", self.deployments[deployment].variable, call.method);
                let method = call.method.clone();
                (deployment, method, &call.args, call.paren_token, name)
            }
            NodeCall::Function(call, path) => {
                let deployment = self.function(path);
                let variable = self.deployments[deployment].variable.clone();
                let method = format_ident!("call", span = variable.span());
                let name = variable.to_string();
                (deployment, method, &call.args, call.paren_token, name)
            }
        };
        self.deployments[deployment].called = true;
        let errors = self.report.len();
        let args: Vec<Operand> = args.iter().filter_map(|arg| self.operand(arg)).collect();
        if self.report.len() > errors {
            return None;
        }
        let names = self.steps.iter().filter_map(|step| match step {
            Step::Call(call) => Some(call.name.as_str()),
            Step::Value { .. } | Step::TakeApart { .. } => None,
        });
        let name = unique(name, names);
        let at = method.clone();
        let edge = self.edge(Ident::new("_", at.span()));
        self.steps.push(Step::Call(Call {
            edge,
            deployment,
            method,
            args,
            parens: parens.span.join(),
            name,
        }));
        Some((edge, at))
    }

    /// The deployment of a function; all calls of one function share it.
    fn function(&mut self, path: &Path) -> usize {
        let same =
            |other: &Deployment| other.kind == DeploymentKind::Function && other.path == *path;
        if let Some(index) = self.deployments.iter().position(same) {
            return index;
        }
        let names = self.deployments.iter().map(|other| other.name.as_str());
        let name = unique(last_segment(path), names);
        let span = path.segments.last().map(|segment| segment.ident.span());
        self.deployments.push(Deployment {
            variable: Ident::new(
                &last_segment(path),
                span.unwrap_or_else(proc_macro2::Span::call_site),
            ),
            path: path.clone(),
            kind: DeploymentKind::Function,
            name,
            overrides: Vec::new(),
            holds: Vec::new(),
            called: false,
        });
        self.deployments.len() - 1
    }
}

/// Where a lower-case path begins that is no function of a user's: the standard library, and the
/// primitive types.
const PLAIN: [&str; 20] = [
    "alloc", "bool", "char", "core", "f32", "f64", "i128", "i16", "i32", "i64", "i8", "isize",
    "std", "str", "u128", "u16", "u32", "u64", "u8", "usize",
];

/// A call of a lower-case path is a call of a function deployment; `Some(x)`, `Url::new(x)` and
/// `f32::from(x)` are plain expressions.
fn is_function(path: &Path) -> bool {
    let starts_low = |ident: &Ident| {
        let name = ident.to_string();
        name.starts_with(|c: char| c.is_lowercase() || c == '_')
    };
    let first = path.segments.first();
    let is_plain = first.is_some_and(|first| PLAIN.iter().any(|plain| first.ident == plain));
    path.segments.iter().all(|segment| {
        starts_low(&segment.ident) && matches!(segment.arguments, PathArguments::None)
    }) && !is_plain
}
