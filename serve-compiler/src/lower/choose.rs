//! `match` and `if` with calls of nodes in them: a request takes one of several arms.

use quote::{ToTokens, format_ident};
use syn::spanned::Spanned;
use syn::visit_mut::VisitMut;
use syn::{Arm as SynArm, Expr, ExprBlock, ExprIf, ExprMatch, Ident, Pat};

use super::expr::Lowering;
use super::found;
use super::habits;
use super::plain::{Plain, add_read, condition_names, result};
use super::statement::borrowed_name;
use crate::diagnostics;
use crate::ir::graph::{Action, Arm, Branch, Choose, ChooseKind, Operand, Read};
use crate::ir::id::{ArmId, EdgeId, Id, Table};
use crate::syntax::{pattern, tokens};

impl Lowering<'_> {
    /// `match value { pattern => .., .. }`: the edge of its value, and the token to point at.
    pub(super) fn choose_match(&mut self, expr: &ExprMatch) -> Option<(EdgeId, Ident)> {
        let mut value = expr.expr.clone();
        if self.is_value(&value) {
            habits::check_matched(&mut value, expr.arms.iter().map(|arm| &arm.pat));
        }
        found::own(&mut value, expr.arms.iter().map(|arm| &arm.pat));
        let value = self.operand(&value);
        let name = format!("match {}", expr.expr.to_token_stream());
        let choice = self.choice_ids.next();
        let mut reads = Vec::new();
        let mut branches = Table::default();
        for (arm, syntax) in expr.arms.iter().enumerate() {
            let arm = ArmId::new(arm);
            branches.push(self.arm(Arm { choice, arm }, syntax, &mut reads)?);
        }
        let bodies: Vec<&Expr> = expr.arms.iter().map(|arm| &*arm.body).collect();
        let looks = expr.arms.iter().all(|arm| pattern::only_looks(&arm.pat));
        let at = format_ident!("choice", span = expr.match_token.span());
        let choose = Choose {
            choice,
            kind: ChooseKind::Match,
            value: with_reads(value?, reads, looks),
            branches,
            name,
            span: expr.match_token.span,
        };
        self.choose(choose, &bodies, at)
    }

    /// `if condition { .. } else { .. }`.
    pub(super) fn choose_if(&mut self, expr: &ExprIf) -> Option<(EdgeId, Ident)> {
        let Some((_, otherwise)) = &expr.else_branch else {
            self.report
                .error(expr.if_token, diagnostics::if_without_else());
            return None;
        };
        let names = pattern::variables(condition_names(&expr.cond));
        let value = self.condition(&expr.cond, &names);
        let choice = self.choice_ids.next();
        let parts = self.parts(
            Arm {
                choice,
                arm: ArmId::new(0),
            },
            &names,
        );
        let mentioned = tokens::variables(expr.cond.to_token_stream());
        self.look_at(&parts, &mentioned, 2); // the first mention is the pattern's
        let taken = Expr::Block(ExprBlock {
            attrs: Vec::new(),
            label: None,
            block: expr.then_branch.clone(),
        });
        let branch = |parts, text: &str| Branch {
            pattern: None,
            guard: None,
            parts,
            end: expr.if_token.span,
            text: text.to_owned(),
            releases: Vec::new(),
        };
        let at = format_ident!("choice", span = expr.if_token.span());
        let choose = Choose {
            choice,
            kind: ChooseKind::If,
            value: value?,
            branches: [branch(parts, "true"), branch(Vec::new(), "else")]
                .into_iter()
                .collect(),
            name: format!("if {}", expr.cond.to_token_stream()),
            span: expr.if_token.span,
        };
        self.choose(choose, &[&taken, otherwise], at)
    }

    /// The condition of an `if`, which may bind names with `let`.
    fn condition(&mut self, condition: &Expr, names: &[Ident]) -> Option<Operand> {
        if names.is_empty() {
            return self.operand(condition);
        }
        let part = self.report.scope();
        self.no_nodes_of(names, condition);
        if part.failed(self.report) {
            return None;
        }
        let text = condition.to_token_stream().to_string();
        let mut expr = condition.clone();
        own_conditions(&mut expr);
        let mut plain = Plain::new(self);
        plain.visit_expr_mut(&mut expr);
        let reads = plain.reads;
        (!part.failed(self.report)).then(|| Operand::Plain {
            expr: Box::new(expr),
            reads,
            text,
        })
    }

    /// Nodes start before a condition is evaluated, so they cannot use a name that it binds.
    fn no_nodes_of(&mut self, names: &[Ident], condition: &Expr) {
        let Expr::Binary(chain) = condition else {
            return;
        };
        self.no_nodes_of(names, &chain.left);
        let mentioned = tokens::variables(chain.right.to_token_stream());
        let is_bound = mentioned.iter().any(|name| names.contains(name));
        let is_let = matches!(&*chain.right, Expr::Let(_));
        if is_bound && !is_let && self.calls_nodes(&chain.right) {
            self.report
                .error(&chain.right, diagnostics::node_in_chain());
        }
    }

    /// The pattern of an arm, and the values that its guard reads.
    fn arm(&mut self, arm: Arm, syntax: &SynArm, reads: &mut Vec<Read>) -> Option<Branch> {
        let (pattern, guard) = match &syntax.pat {
            Pat::Guard(guarded) => (&*guarded.pat, Some(&*guarded.guard)),
            pattern => (pattern, None),
        };
        let names = pattern::variables(pattern::names(pattern));
        if let Some(borrowed) = borrowed_name(pattern).filter(|name| name.by_ref.is_some()) {
            self.report
                .error(&borrowed, diagnostics::borrowed_in_pattern(&borrowed));
            return None;
        }
        let parts = self.parts(arm, &names);
        let guard = match guard {
            Some(guard) => {
                self.look_at(&parts, &tokens::variables(guard.to_token_stream()), 1);
                Some(self.guard(guard, &names, reads)?)
            }
            None => None,
        };
        Some(Branch {
            pattern: Some(Box::new(pattern.clone())),
            guard,
            parts,
            end: tokens::last_span(syntax.body.to_token_stream()),
            text: syntax.pat.to_token_stream().to_string(),
            releases: Vec::new(),
        })
    }

    fn guard(&mut self, guard: &Expr, names: &[Ident], reads: &mut Vec<Read>) -> Option<Box<Expr>> {
        let (part, mut expr) = (self.report.scope(), guard.clone());
        let mut plain = Plain::with_locals(self, names);
        plain.inside("a guard", |plain| plain.visit_expr_mut(&mut expr));
        plain
            .reads
            .into_iter()
            .for_each(|read| add_read(reads, read));
        (!part.failed(self.report)).then(|| Box::new(expr))
    }

    /// An edge for each name that a pattern binds.
    fn parts(&mut self, arm: Arm, names: &[Ident]) -> Vec<EdgeId> {
        self.in_arm(arm, |lowering| {
            let part = |name: &Ident| lowering.part(name.clone());
            names.iter().map(part).collect()
        })
    }

    /// Marks the parts that are mentioned often enough to be only borrowed.
    fn look_at(&mut self, parts: &[EdgeId], mentioned: &[Ident], times: usize) {
        for part in parts {
            let edge = &mut self.edges[*part];
            let mentions = mentioned.iter().filter(|ident| **ident == edge.ident);
            edge.looked_at |= mentions.count() >= times;
        }
    }

    /// Adds the choice, and the steps of each arm.
    fn choose(&mut self, choose: Choose, bodies: &[&Expr], at: Ident) -> Option<(EdgeId, Ident)> {
        let choice = choose.choice;
        let parts: Vec<Vec<EdgeId>> = choose
            .branches
            .iter()
            .map(|branch| branch.parts.clone())
            .collect();
        self.push(Action::Choose(choose));
        let edge = self.edge(Ident::new("_", at.span()));
        let mut complete = true;
        for (arm, (body, parts)) in bodies.iter().zip(parts).enumerate() {
            let arm = ArmId::new(arm);
            complete &= self.in_arm(Arm { choice, arm }, |lowering| {
                lowering.define_parts(&parts);
                match lowering.operand(body) {
                    Some(value) => lowering.push(Action::Value { edge, value }),
                    None => return false,
                }
                true
            });
        }
        complete.then_some((edge, at))
    }
}

/// The matched value, together with the values that the guards read.
fn with_reads(value: Operand, guards: Vec<Read>, looks: bool) -> Operand {
    if guards.is_empty() {
        return value;
    }
    let (expr, mut reads, text) = match value {
        Operand::Plain { expr, reads, text } => (expr, reads, text),
        Operand::Edge { edge, at } => {
            let name = result(edge, &at);
            let read = Read {
                edge,
                ident: name.clone(),
                lendable: looks,
            };
            (
                Box::new(syn::parse_quote!(#name)),
                vec![read],
                at.to_string(),
            )
        }
    };
    guards
        .into_iter()
        .for_each(|read| add_read(&mut reads, read));
    Operand::Plain { expr, reads, text }
}

/// The values of the `let`s of a condition, owned.
fn own_conditions(condition: &mut Expr) {
    match condition {
        Expr::Let(condition) => found::own(&mut condition.expr, [&*condition.pat]),
        Expr::Binary(chain) => {
            own_conditions(&mut chain.left);
            own_conditions(&mut chain.right);
        }
        _ => {}
    }
}
