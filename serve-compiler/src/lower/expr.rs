//! Expressions of an input block: node calls become steps, the rest stays an expression over edges.

use quote::{ToTokens, format_ident};
use syn::visit::{self, Visit};
use syn::visit_mut::VisitMut;
use syn::{
    Block, Expr, ExprCall, ExprClosure, ExprIf, ExprMatch, ExprMethodCall, Ident, Macro, Path,
    PathArguments, Stmt,
};

use super::config::{last_segment, unique};
use super::fan_out;
use super::plain::{Plain, arguments};
use super::region::OpenRegion;
use super::scope::{Meaning, Scope};
use crate::diagnostics;
use crate::ir::graph::{Action, Call, Deployment, DeploymentKind, Edge, Operand};
use crate::report::Report;
use crate::syntax::tokens;
use crate::text::name_text;

/// The entries on their way to a graph.
pub(super) struct Lowering<'a> {
    pub(super) deployments: &'a mut Vec<Deployment>,
    pub(super) scope: Scope,
    pub(super) report: &'a mut Report,
    /// Of the entry that is being lowered.
    pub(super) edges: Vec<Edge>,
    /// Of that entry, innermost last.
    pub(super) regions: Vec<OpenRegion>,
    pub(super) next_region: usize,
    /// The names of the nodes so far, of all entries.
    pub(super) nodes: Vec<String>,
    pub(super) choices: usize,
    pub(super) fan_outs: usize,
}

/// An expression that a graph makes nodes of, recognised.
pub(super) enum Node<'e> {
    Call(NodeCall<'e>),
    /// With calls of nodes somewhere in it, as all of these.
    Match(&'e ExprMatch),
    If(&'e ExprIf),
    Block(&'e Block),
    /// `items.map(|item| ..)`.
    FanOut(&'e ExprMethodCall, &'e ExprClosure),
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
            report,
            edges: Vec::new(),
            regions: Vec::new(),
            next_region: 0,
            nodes: Vec::new(),
            choices: 0,
            fan_outs: 0,
        }
    }

    /// What an expression stands for; `None` after an error.
    pub(super) fn operand(&mut self, expr: &Expr) -> Option<Operand> {
        match expr {
            Expr::Paren(paren) => return self.operand(&paren.expr),
            Expr::Group(group) => return self.operand(&group.expr),
            Expr::Block(block) if block.label.is_none() => {
                if let [Stmt::Expr(expr, None)] = &block.block.stmts[..] {
                    return self.operand(expr);
                }
            }
            Expr::Path(path) => {
                if let Some(ident) = path.path.get_ident()
                    && let Meaning::Edge(edge) = self.scope.meaning(ident)
                {
                    let at = ident.clone();
                    let edge = self.here(edge);
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
        let operand = match self.node(expr) {
            Some(node) => self.lower_node(node),
            None => self.plain(expr),
        };
        if operand.is_none() {
            self.excuse(expr);
            let made = &mut self.edges[edges..];
            made.iter_mut().for_each(|edge| edge.excused = true);
        }
        operand
    }

    /// What a node is given. What is borrowed from an edge would not live as long as the call.
    fn argument(&mut self, expr: &Expr) -> Option<Operand> {
        if let Expr::Reference(reference) = expr
            && reference.mutability.is_none()
            && self.reads_edges(&reference.expr)
        {
            let message = diagnostics::borrowed_edge();
            self.report.error(reference.and_token, message);
            self.excuse(expr);
            return None;
        }
        self.operand(expr)
    }

    fn reads_edges(&self, expr: &Expr) -> bool {
        let is_edge = |ident: &Ident| matches!(self.scope.meaning(ident), Meaning::Edge(_));
        let mentioned = tokens::variables(expr.to_token_stream());
        mentioned.iter().any(is_edge) || self.calls_nodes(expr)
    }

    /// What a graph makes of an expression, if it is more than a plain one.
    pub(super) fn node<'e>(&self, expr: &'e Expr) -> Option<Node<'e>> {
        if let Some(call) = self.node_call(expr) {
            return Some(Node::Call(call));
        }
        let node = match expr {
            Expr::Match(expr) => Node::Match(expr),
            Expr::If(expr) => Node::If(expr),
            Expr::Block(expr) if expr.label.is_none() => Node::Block(&expr.block),
            Expr::MethodCall(call) => Node::FanOut(call, fan_out::closure(call)?),
            _ => return None,
        };
        let within: Vec<&Expr> = match &node {
            Node::FanOut(_, closure) => vec![&closure.body],
            _ => vec![expr],
        };
        let calls_nodes = within.into_iter().any(|expr| self.calls_nodes(expr));
        calls_nodes.then_some(node)
    }

    /// Whether a node is called somewhere in an expression.
    pub(super) fn calls_nodes(&self, expr: &Expr) -> bool {
        struct Finder<'l, 'a>(&'l Lowering<'a>, bool);
        impl Visit<'_> for Finder<'_, '_> {
            fn visit_expr(&mut self, expr: &Expr) {
                self.1 |= self.0.node_call(expr).is_some();
                if !self.1 {
                    visit::visit_expr(self, expr);
                }
            }

            fn visit_macro(&mut self, mac: &Macro) {
                let arguments = arguments(mac).unwrap_or_default();
                self.1 |= arguments.iter().any(|expr| self.0.calls_nodes(expr));
            }
        }
        let mut finder = Finder(self, false);
        finder.visit_expr(expr);
        finder.1
    }

    /// The value of a node.
    pub(super) fn lower_node(&mut self, node: Node<'_>) -> Option<Operand> {
        let edge = |(edge, at)| Operand::Edge { edge, at };
        match node {
            Node::Call(call) => self.call(call).map(edge),
            Node::Match(expr) => self.choose_match(expr).map(edge),
            Node::If(expr) => self.choose_if(expr).map(edge),
            Node::FanOut(call, closure) => self.fan_out(call, closure).map(edge),
            Node::Block(block) => self.block(block),
        }
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
            Meaning::Configuration | Meaning::Later | Meaning::Ended => {}
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
                Expr::Path(func) if func.qself.is_none() && self.is_function(&func.path) => {
                    Some(NodeCall::Function(call, &func.path))
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether a path names a function deployment, and no value that hides it.
    fn is_function(&self, path: &Path) -> bool {
        let is_edge = |name: &Ident| matches!(self.scope.meaning(name), Meaning::Edge(_));
        is_function(path) && !path.get_ident().is_some_and(is_edge)
    }

    /// Adds a call; the edge that it gives comes back, and the token to point at.
    pub(super) fn call(&mut self, call: NodeCall<'_>) -> Option<(usize, Ident)> {
        let (deployment, method, args, parens, name) = match call {
            NodeCall::Method(call, deployment) => {
                if let Some(turbofish) = &call.turbofish {
                    self.report.error(turbofish, diagnostics::generic_call());
                }
                let variable = &self.deployments[deployment].variable;
                let name = format!("{}.{}", name_text(variable), name_text(&call.method));
                let method = call.method.clone();
                (deployment, method, &call.args, call.paren_token, name)
            }
            NodeCall::Function(call, path) => {
                let deployment = self.function(path);
                let variable = self.deployments[deployment].variable.clone();
                let method = format_ident!("call", span = variable.span());
                let name = name_text(&variable);
                (deployment, method, &call.args, call.paren_token, name)
            }
        };
        self.deployments[deployment].called = true;
        let errors = self.report.len();
        let args: Vec<Operand> = args.iter().filter_map(|arg| self.argument(arg)).collect();
        if self.report.len() > errors {
            return None;
        }
        let name = unique(name, self.nodes.iter().map(String::as_str));
        self.nodes.push(name.clone());
        let at = method.clone();
        let edge = self.edge(Ident::new("_", at.span()));
        self.push(Action::Call(Call {
            node: self.nodes.len() - 1,
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
        let last = path.segments.last();
        self.deployments.push(Deployment {
            variable: last.map_or_else(|| format_ident!("_"), |last| last.ident.clone()),
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

/// A call of a lower-case path is a call of a function deployment; `Some(x)`, `Url::new(x)` and
/// `f32::from(x)` are plain expressions.
fn is_function(path: &Path) -> bool {
    let first = path.segments.first();
    let is_plain = first.is_some_and(|first| tokens::begins_plain(&first.ident));
    let is_last = |index: usize| index + 1 == path.segments.len();
    path.segments.iter().enumerate().all(|(index, segment)| {
        let is_generic = !matches!(segment.arguments, PathArguments::None);
        tokens::starts_low(&segment.ident) && (!is_generic || is_last(index))
    }) && !is_plain
        && !is_bind(path)
}

/// `function::bind`, which a graph calls where it is built.
fn is_bind(path: &Path) -> bool {
    path.segments.len() > 1
        && path
            .segments
            .last()
            .is_some_and(|last| last.ident == "bind")
}
