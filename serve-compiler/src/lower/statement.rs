//! Statements of an input block: what a `let` names, and what it takes apart.

use quote::ToTokens;
use syn::visit::Visit;
use syn::{Expr, Ident, Local, Pat, PatIdent, Stmt};

use super::config::pattern_names;
use super::expr::Lowering;
use crate::diagnostics;
use crate::ir::graph::{Operand, Step};

impl Lowering<'_> {
    /// Any statement but the answer.
    pub(super) fn statement(&mut self, stmt: &Stmt) {
        match stmt {
            Stmt::Local(local) => self.binding(local),
            Stmt::Expr(expr, _) => self.effect(expr),
            other => self
                .report
                .error(other, diagnostics::unsupported_statement()),
        }
    }

    /// `let name = expr;`
    fn binding(&mut self, local: &Local) {
        let (pat, ty) = match &local.pat {
            Pat::Type(typed) => (&*typed.pat, Some((*typed.ty).clone())),
            pat => (pat, None),
        };
        let Some(init) = local.init.as_ref().filter(|init| init.diverge.is_none()) else {
            let message = diagnostics::unsupported_statement();
            return self.report.error(local, message);
        };
        let (steps, edges) = (self.steps.len(), self.edges.len());
        let value = self.operand(&init.expr);
        let name = match pat {
            Pat::Ident(pat) if pat.by_ref.is_none() && pat.subpat.is_none() => pat.ident.clone(),
            Pat::Wild(wild) => Ident::new("_", wild.underscore_token.span),
            _ => {
                self.take_apart(&local.pat, value, &init.expr, edges);
                return;
            }
        };
        let edge = match value {
            Some(Operand::Edge { edge, .. }) => {
                let is_new = |step: &Step| matches!(step, Step::Call(call) if call.edge == edge);
                if self.steps[steps..].iter().any(is_new) {
                    self.edges[edge].ident = name.clone();
                }
                edge
            }
            Some(value) => {
                let edge = self.edge(name.clone());
                self.steps.push(Step::Value { edge, value });
                edge
            }
            // Reported; whoever reads the name is not to be told that it is unknown.
            None => self.excused_edge(name.clone()),
        };
        if let Some(ty) = ty {
            self.edges[edge].ty.get_or_insert(ty);
        }
        if name != "_" {
            self.scope.define(&name, edge);
        }
    }

    /// `let (name, Type { field, .. }) = expr;`, where the edges from `made` on are those of `expr`.
    fn take_apart(&mut self, pattern: &Pat, value: Option<Operand>, expr: &Expr, made: usize) {
        let names = pattern_names(pattern);
        let refused = match borrowed_name(pattern) {
            Some(name) => Some((name.to_token_stream(), diagnostics::borrowed_in_pattern())),
            None if names.is_empty() => Some((
                pattern.to_token_stream(),
                diagnostics::pattern_without_names(),
            )),
            None => None,
        };
        if let Some((at, message)) = &refused {
            self.report.error(at, message);
            let made = &mut self.edges[made..];
            made.iter_mut().for_each(|edge| edge.excused = true);
            self.excuse(expr);
        }
        let value = value.filter(|_| refused.is_none());
        let mut parts = Vec::new();
        for name in names {
            let edge = match value {
                Some(_) => self.edge(name.clone()),
                None => self.excused_edge(name.clone()),
            };
            self.scope.define(&name, edge);
            parts.push(edge);
        }
        if let Some(value) = value {
            let pattern = Box::new(pattern.clone());
            self.steps.push(Step::TakeApart {
                pattern,
                parts,
                value,
            });
        }
    }

    /// `expr;`
    fn effect(&mut self, expr: &Expr) {
        let (errors, steps) = (self.report.len(), self.steps.len());
        let value = self.operand(expr);
        let is_call = self.steps.len() > steps && matches!(value, Some(Operand::Edge { .. }));
        if self.report.len() == errors && !is_call {
            self.report
                .error(expr, diagnostics::unsupported_statement());
        }
    }
}

/// A name that a pattern only borrows: `ref name`, or `name @ ..`.
fn borrowed_name(pattern: &Pat) -> Option<PatIdent> {
    struct Finder(Option<PatIdent>);
    impl Visit<'_> for Finder {
        fn visit_pat_ident(&mut self, pat: &PatIdent) {
            if pat.by_ref.is_some() || pat.subpat.is_some() {
                self.0.get_or_insert_with(|| pat.clone());
            }
        }
    }
    let mut finder = Finder(None);
    finder.visit_pat(pattern);
    finder.0
}
