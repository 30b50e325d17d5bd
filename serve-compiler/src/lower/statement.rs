//! Statements of an input block: the names and patterns that a `let` binds.

use quote::ToTokens;
use syn::visit::Visit;
use syn::{Block, Expr, ExprMacro, Ident, Local, Pat, PatIdent, Stmt, StmtMacro};

use super::expr::Lowering;
use super::forbidden;
use super::scope::Meaning;
use super::waiting::Lets;
use crate::diagnostics;
use crate::ir::graph::{Action, Operand};
use crate::ir::id::EdgeId;
use crate::syntax::{pattern, tokens};

impl Lowering<'_> {
    /// A block inside of the body: its names end with it.
    pub(super) fn block(&mut self, block: &Block) -> Option<Operand> {
        let outside = self.scope.clone();
        let value = self.statements(block);
        self.scope = std::mem::take(&mut self.scope).back_to(outside);
        value
    }

    /// Lowers every statement, even if one before it has errors; returns the block's value.
    pub(super) fn statements(&mut self, block: &Block) -> Option<Operand> {
        self.blocks.push(Lets::of(block));
        let value = self.each_statement(block);
        self.blocks.pop();
        value
    }

    fn each_statement(&mut self, block: &Block) -> Option<Operand> {
        let lets = block.stmts.iter().filter_map(|stmt| match stmt {
            Stmt::Local(local) => Some(&local.pat),
            _ => None,
        });
        let names = lets.flat_map(pattern::names);
        self.scope.announce(names.map(|name| name.to_string()));
        let (last, stmts) = match block.stmts.split_last() {
            Some((Stmt::Expr(expr, None), stmts)) => (Some(expr.clone()), stmts),
            Some((Stmt::Macro(last), stmts)) if last.semi_token.is_none() => {
                (Some(of_macro(last)), stmts)
            }
            _ => (None, &block.stmts[..]),
        };
        let mut last_one = self.report.scope();
        for (index, stmt) in stmts.iter().enumerate() {
            last_one = self.report.scope();
            if let Some(lets) = self.blocks.last_mut() {
                lets.at = index;
            }
            self.statement(stmt);
        }
        match (last, stmts.last()) {
            (Some(expr), _) => return self.operand(&expr),
            (None, Some(_)) if last_one.failed(self.report) => {} // such as a `return`
            (None, Some(Stmt::Expr(_, Some(semi)))) => {
                self.report.error(semi, diagnostics::no_answer());
            }
            (None, Some(stmt)) => self.report.error(stmt, diagnostics::no_answer()),
            (None, None) => {
                let error =
                    syn::Error::new(block.brace_token.span.join(), diagnostics::no_answer());
                self.report.push(error);
            }
        }
        self.edges.iter_mut().for_each(|edge| edge.excused = true);
        None
    }

    /// Any statement except the answer.
    fn statement(&mut self, stmt: &Stmt) {
        match stmt {
            Stmt::Local(local) => self.binding(local),
            Stmt::Expr(expr, _) => self.effect(expr),
            Stmt::Macro(statement) => self.effect(&of_macro(statement)),
            other => self
                .report
                .error(other, diagnostics::unsupported_statement()),
        }
    }

    /// `let name = expr;`
    fn binding(&mut self, local: &Local) {
        if let Some(token) = pattern::mutability(&local.pat) {
            self.changing.push(token);
        }
        let is_changed = forbidden::attributes(&local.attrs, self.report);
        let (pat, ty) = match &local.pat {
            Pat::Type(typed) => (&*typed.pat, Some((*typed.ty).clone())),
            pat => (pat, None),
        };
        let Some(init) = &local.init else {
            let names = pattern::names(pat);
            let name = names
                .first()
                .map_or_else(|| "value".to_owned(), Ident::to_string);
            self.report
                .error(local, diagnostics::let_without_value(name));
            for name in names {
                let edge = self.excused_edge(name.clone());
                self.scope.define(&name, edge);
            }
            return;
        };
        if let Some((otherwise, _)) = &init.diverge {
            self.report.error(otherwise, diagnostics::let_else());
            self.excuse(&init.expr);
            for name in pattern::names(pat) {
                let edge = self.excused_edge(name.clone());
                self.scope.define(&name, edge);
            }
            return;
        }
        let edges = self.edges.next_id();
        let mut value = self.operand(&init.expr);
        if is_changed {
            self.excuse(&init.expr);
            let made = self.edges.since(edges);
            made.for_each(|edge| edge.excused = true);
            value = None;
        }
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
                if edge >= edges && self.edges[edge].ident == "_" {
                    self.edges[edge].ident = name.clone();
                }
                edge
            }
            Some(value) => {
                let edge = self.edge(name.clone());
                self.push(Action::Value { edge, value });
                edge
            }
            // Reported; uses of the name should not be reported as unknown.
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
    fn take_apart(&mut self, pattern: &Pat, value: Option<Operand>, expr: &Expr, made: EdgeId) {
        let names = pattern::names(pattern);
        let refused = match borrowed_name(pattern) {
            Some(name) => Some((
                name.to_token_stream(),
                diagnostics::borrowed_in_pattern(&name),
            )),
            None if names.is_empty() => Some((
                pattern.to_token_stream(),
                diagnostics::pattern_without_names().to_owned(),
            )),
            None => None,
        };
        if let Some((at, message)) = &refused {
            self.report.error(at, message);
            let made = self.edges.since(made);
            made.for_each(|edge| edge.excused = true);
            self.excuse(expr);
        }
        let value = value.filter(|_| refused.is_none());
        let mut parts = Vec::new();
        for name in names {
            let edge = match value {
                Some(_) => self.part(name.clone()),
                None => self.excused_edge(name.clone()),
            };
            self.scope.define(&name, edge);
            parts.push(edge);
        }
        if let Some(value) = value {
            let pattern = Box::new(pattern.clone());
            self.push(Action::TakeApart {
                pattern,
                parts,
                value,
            });
        }
    }

    /// `expr;`
    fn effect(&mut self, expr: &Expr) {
        let (part, edges) = (self.report.scope(), self.edges.next_id());
        let value = self.operand(expr);
        let is_call = matches!(value, Some(Operand::Edge { edge, .. }) if edge >= edges);
        let mentioned = tokens::variables(expr.to_token_stream());
        let is_excused = mentioned.iter().any(|name| match self.scope.meaning(name) {
            Meaning::Edge(edge) => self.edges[edge].excused,
            meaning => meaning == Meaning::Broken,
        });
        if !part.failed(self.report) && !is_call && !is_excused {
            self.report
                .error(expr, diagnostics::unsupported_statement());
        }
    }
}

/// A macro call in the place of a statement, as an expression.
fn of_macro(statement: &StmtMacro) -> Expr {
    Expr::Macro(ExprMacro {
        attrs: statement.attrs.clone(),
        mac: statement.mac.clone(),
    })
}

/// A name that a pattern only borrows: `ref name`, or `name @ ..`.
pub(super) fn borrowed_name(pattern: &Pat) -> Option<PatIdent> {
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
