//! Expressions of an input block: node calls become steps, the rest stays an expression over edges.

use quote::{ToTokens, format_ident};
use syn::visit_mut::VisitMut;
use syn::{Expr, Ident, Path, Stmt, Token};

use super::config::{last_segment, unique};
use super::node::{Node, NodeCall};
use super::plain::Plain;
use super::region::OpenRegion;
use super::scope::{Meaning, Scope};
use super::unbound::Unbound;
use super::waiting::Lets;
use crate::diagnostics;
use crate::ir::graph::{Action, Call, Deployment, DeploymentKind, Edge, Operand};
use crate::ir::id::{ChoiceId, Count, DeploymentId, EdgeId, FanOutId, NodeId, RegionId, Table};
use crate::report::Report;
use crate::syntax::tokens;
use crate::text::name_text;

/// The entries that are being lowered to a graph.
pub(super) struct Lowering<'a> {
    pub(super) deployments: &'a mut Table<DeploymentId, Deployment>,
    pub(super) scope: Scope,
    pub(super) report: &'a mut Report,
    /// Of the entry that is being lowered.
    pub(super) edges: Table<EdgeId, Edge>,
    /// Of that entry, innermost last.
    pub(super) regions: Vec<OpenRegion>,
    pub(super) region_ids: Count<RegionId>,
    /// The names of all nodes so far, of all entries.
    pub(super) nodes: Table<NodeId, String>,
    pub(super) choice_ids: Count<ChoiceId>,
    pub(super) fan_out_ids: Count<FanOutId>,
    /// Every `mut` so far.
    pub(super) changing: Vec<Token![mut]>,
    /// Variables of the configuration that should have been bound.
    pub(super) unbound: Unbound,
    /// The blocks that are being lowered, innermost last.
    pub(super) blocks: Vec<Lets>,
}

impl<'a> Lowering<'a> {
    pub(super) fn new(
        deployments: &'a mut Table<DeploymentId, Deployment>,
        scope: Scope,
        report: &'a mut Report,
    ) -> Self {
        Lowering {
            deployments,
            scope,
            report,
            edges: Table::default(),
            regions: Vec::new(),
            region_ids: Count::default(),
            nodes: Table::default(),
            choice_ids: Count::default(),
            fan_out_ids: Count::default(),
            changing: Vec::new(),
            unbound: Unbound::default(),
            blocks: Vec::new(),
        }
    }

    /// What an expression means; `None` after an error.
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
                    self.edges[edge].uses.push(at.clone());
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
        let made = self.edges.next_id();
        let operand = match self.node(expr) {
            Some(node) => self.lower_node(node),
            None => self.plain(expr),
        };
        if operand.is_none() {
            self.excuse(expr);
            let made = self.edges.since(made);
            made.for_each(|edge| edge.excused = true);
        }
        operand
    }

    /// The argument of a node. A borrow of an edge would not live as long as the call.
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

    /// Silences the checks for everything that an expression with an error mentions.
    pub(super) fn excuse(&mut self, expr: &Expr) {
        for ident in tokens::variables(expr.to_token_stream()) {
            self.excuse_name(&ident);
        }
    }

    /// Silences the checks for the meaning of a name.
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
            Meaning::Configuration | Meaning::Broken | Meaning::Later | Meaning::Ended => {}
        }
    }

    /// A plain expression; its node calls become steps of their own.
    fn plain(&mut self, expr: &Expr) -> Option<Operand> {
        let text = expr.to_token_stream().to_string();
        let mut expr = expr.clone();
        let part = self.report.scope();
        let mut plain = Plain::new(self);
        plain.visit_expr_mut(&mut expr);
        let reads = plain.reads;
        (!part.failed(self.report)).then(|| Operand::Plain {
            expr: Box::new(expr),
            reads,
            text,
        })
    }

    /// Adds a call; returns the edge of its result, and the token to point at.
    pub(super) fn call(&mut self, call: NodeCall<'_>) -> Option<(EdgeId, Ident)> {
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
        if let Some(Expr::Assign(named)) = args.iter().find(|arg| matches!(arg, Expr::Assign(_))) {
            let message = diagnostics::named_argument(named.left.to_token_stream());
            self.report.error(named.eq_token, message);
            return None;
        }
        let part = self.report.scope();
        let args: Vec<Operand> = args.iter().filter_map(|arg| self.argument(arg)).collect();
        if part.failed(self.report) {
            return None;
        }
        let name = unique(name, self.nodes.iter().map(String::as_str));
        let node = self.nodes.push(name.clone());
        let at = method.clone();
        let edge = self.edge(Ident::new("_", at.span()));
        self.push(Action::Call(Call {
            node,
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
    fn function(&mut self, path: &Path) -> DeploymentId {
        let same =
            |other: &Deployment| other.kind == DeploymentKind::Function && other.path == *path;
        if let Some(known) = self.deployments.find(same) {
            return known;
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
        })
    }
}
