//! Recognises the expressions that are nodes.

use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{
    Block, Expr, ExprCall, ExprClosure, ExprIf, ExprMatch, ExprMethodCall, Ident, Macro, Path,
    PathArguments,
};

use super::expr::Lowering;
use super::fan_out;
use super::scope::Meaning;
use crate::ir::id::DeploymentId;
use crate::syntax::entry::entry_call;
use crate::syntax::macro_args::arguments;
use crate::syntax::tokens;

/// A recognised expression that becomes nodes of the graph.
pub(super) enum Node<'e> {
    Call(NodeCall<'e>),
    /// With calls of nodes inside it, as in all variants.
    Match(&'e ExprMatch),
    If(&'e ExprIf),
    Block(&'e Block),
    /// `items.map(|item| ..)`.
    FanOut(&'e ExprMethodCall, &'e ExprClosure),
}

/// A recognised call of a node.
pub(super) enum NodeCall<'e> {
    Method(&'e ExprMethodCall, DeploymentId),
    Function(&'e ExprCall, &'e Path),
}

impl Lowering<'_> {
    /// Whether an expression is the name of an edge, or the call of a node.
    pub(super) fn is_value(&self, expr: &Expr) -> bool {
        let Expr::Path(path) = expr else {
            return self.node_call(expr).is_some();
        };
        let name = path.path.get_ident();
        name.is_some_and(|name| matches!(self.scope.meaning(name), Meaning::Edge(_)))
    }

    /// Whether an expression uses a value of the request.
    pub(super) fn reads_edges(&self, expr: &Expr) -> bool {
        let is_edge = |ident: &Ident| matches!(self.scope.meaning(ident), Meaning::Edge(_));
        let mentioned = tokens::variables(expr.to_token_stream());
        mentioned.iter().any(is_edge) || self.calls_nodes(expr)
    }

    /// The nodes of an expression, if it is not only a plain one.
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
            // An input block in an input block.
            Expr::Call(call)
                if matches!(call.args.last(), Some(Expr::Closure(_)))
                    && entry_call(expr).is_some() =>
            {
                None
            }
            Expr::Call(call) => match &*call.func {
                Expr::Path(func) if func.qself.is_none() && self.is_function(&func.path) => {
                    Some(NodeCall::Function(call, &func.path))
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether a path names a function deployment that no value and no function of the graph function hides.
    fn is_function(&self, path: &Path) -> bool {
        let is_hidden = |name: &Ident| {
            let meaning = self.scope.meaning(name);
            matches!(meaning, Meaning::Edge(_) | Meaning::Deployment(_))
                || self.scope.is_function(name)
        };
        is_function(path) && !path.get_ident().is_some_and(is_hidden)
    }
}

/// A call of a lower-case path is a call of a function deployment; `Some(x)`, `Url::new(x)` and
/// `f32::from(x)` are plain expressions.
fn is_function(path: &Path) -> bool {
    let first = path.segments.first();
    let is_plain = first.is_some_and(|first| {
        tokens::begins_plain(&first.ident)
            || path.segments.len() > 1 && tokens::runs_futures(&first.ident)
    });
    let is_last = |index: usize| index + 1 == path.segments.len();
    path.segments.iter().enumerate().all(|(index, segment)| {
        let is_generic = !matches!(segment.arguments, PathArguments::None);
        tokens::starts_low(&segment.ident) && (!is_generic || is_last(index))
    }) && !is_plain
        && !is_bind(path)
}

/// `function::bind`, which a graph calls in its configuration.
fn is_bind(path: &Path) -> bool {
    path.segments.len() > 1
        && path
            .segments
            .last()
            .is_some_and(|last| last.ident == "bind")
}
