//! Expressions that only borrow a value, because other nodes read it as well.
//!
//! A place - a variable, a field of it, an item of it - is borrowed where Rust borrows it: before a method, in an index,
//! a comparison, a pattern, a reference or a format string. Where Rust moves it, that part alone is copied:
//!
//! ```text
//! request.images[0].size            copy(&(*request).images[0].size)
//! request.kind == Kind::Photo       (*request).kind == Kind::Photo
//! match request.size {              match (*request).size {
//!     Size { width, .. } => width       Size { ref width, .. } => copy(&(*width))
//! }                                 }
//! ```

use proc_macro2::TokenStream;
use quote::{ToTokens, quote_spanned};
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{
    Block, Expr, ExprClosure, ExprIf, ExprLet, ExprMatch, Ident, Macro, Pat, Stmt,
    parse_quote_spanned,
};

use crate::codegen::path::runtime_path_at;
use crate::syntax::macro_args::{Matches, arguments};
use crate::syntax::{pattern, takes, tokens};

/// Rewrites expressions.
#[derive(Clone, Default)]
pub(super) struct Lend {
    /// The names in scope, innermost last, and whether each is a borrow of a value.
    names: Vec<(String, bool)>,
}

impl Lend {
    /// With the names that values are lent by.
    pub(super) fn of<'a>(names: impl Iterator<Item = &'a Ident>) -> Self {
        let names = names.map(|name| (name.to_string(), true));
        Lend {
            names: names.collect(),
        }
    }

    /// Whether a name is a borrow here.
    pub(super) fn lends(&self, name: &Ident) -> bool {
        let known = self.names.iter().rev().find(|(known, _)| name == known);
        known.is_some_and(|(_, lent)| *lent)
    }

    /// Whether an expression is a lent value, or a part of one.
    pub(super) fn is_place(&self, expr: &Expr) -> bool {
        takes::root(expr).is_some_and(|root| self.lends(root))
    }

    /// Rewrites an expression whose value is moved.
    pub(super) fn take(&mut self, expr: &mut Expr) {
        self.rewrite(expr, false);
    }

    /// Rewrites an expression whose value is only borrowed.
    pub(super) fn look(&mut self, expr: &mut Expr) {
        self.rewrite(expr, true);
    }

    /// From here on, the names of a pattern are borrows of parts of a lent value, or values of their own.
    pub(super) fn bind(&mut self, pattern: &mut Pat, lent: bool) {
        if lent {
            Refs.visit_pat_mut(pattern);
        }
        let names = pattern::names(pattern).into_iter();
        self.names
            .extend(names.map(|name| (name.to_string(), lent)));
    }

    /// Rewrites a guard or another expression with names of its own, which end with it.
    pub(super) fn within(&mut self, rewrite: impl FnOnce(&mut Self)) {
        let depth = self.names.len();
        rewrite(self);
        self.names.truncate(depth);
    }

    fn rewrite(&mut self, expr: &mut Expr, looks: bool) {
        if self.is_place(expr) {
            self.place(expr);
            if !looks {
                *expr = syn::Expr::Verbatim(copy(expr));
            }
            return;
        }
        match expr {
            Expr::Paren(inner) => self.rewrite(&mut inner.expr, looks),
            Expr::Group(inner) => self.rewrite(&mut inner.expr, looks),
            Expr::Field(field) => self.look(&mut field.base),
            Expr::Index(index) => {
                self.look(&mut index.expr);
                self.take(&mut index.index);
            }
            Expr::Unary(unary) if matches!(unary.op, syn::UnOp::Deref(_)) => {
                self.look(&mut unary.expr);
            }
            Expr::Reference(reference) => self.look(&mut reference.expr),
            Expr::Binary(binary) if takes::compares(&binary.op) => {
                self.look(&mut binary.left);
                self.look(&mut binary.right);
            }
            Expr::MethodCall(call) => {
                self.rewrite(&mut call.receiver, !takes::takes(&call.method));
                call.args.iter_mut().for_each(|arg| self.take(arg));
            }
            Expr::Call(call) => {
                match &*call.func {
                    Expr::Path(_) => {}
                    _ => self.look(&mut call.func),
                }
                call.args.iter_mut().for_each(|arg| self.take(arg));
            }
            Expr::Let(condition) => self.condition(condition),
            Expr::If(expr) => self.choice(expr),
            Expr::Match(expr) => self.alternatives(expr),
            Expr::Closure(closure) => self.closure(closure),
            _ => visit_mut::visit_expr_mut(self, expr),
        }
    }

    /// `(*request).images[0]`
    fn place(&mut self, expr: &mut Expr) {
        match expr {
            Expr::Path(path) => {
                let span = path.span();
                *expr = parse_quote_spanned!(span=> (*#path));
            }
            Expr::Field(field) => self.place(&mut field.base),
            Expr::Index(index) => {
                self.place(&mut index.expr);
                self.take(&mut index.index);
            }
            Expr::Unary(unary) => self.place(&mut unary.expr),
            Expr::Paren(inner) => self.place(&mut inner.expr),
            Expr::Group(inner) => self.place(&mut inner.expr),
            _ => {}
        }
    }

    fn condition(&mut self, condition: &mut ExprLet) {
        let lent = self.is_place(&condition.expr);
        self.look(&mut condition.expr);
        self.bind(&mut condition.pat, lent);
    }

    fn choice(&mut self, expr: &mut ExprIf) {
        self.within(|lend| {
            lend.take(&mut expr.cond);
            lend.visit_block_mut(&mut expr.then_branch);
        });
        if let Some((_, otherwise)) = &mut expr.else_branch {
            self.take(otherwise);
        }
    }

    fn alternatives(&mut self, expr: &mut ExprMatch) {
        let lent = self.is_place(&expr.expr);
        self.look(&mut expr.expr);
        for arm in &mut expr.arms {
            self.within(|lend| {
                lend.guarded(&mut arm.pat, lent);
                lend.take(&mut arm.body);
            });
        }
    }

    /// The pattern of an arm, with its guard.
    fn guarded(&mut self, pat: &mut Pat, lent: bool) {
        match pat {
            Pat::Guard(guarded) => {
                self.bind(&mut guarded.pat, lent);
                self.take(&mut guarded.guard);
            }
            pat => self.bind(pat, lent),
        }
    }

    fn closure(&mut self, closure: &mut ExprClosure) {
        self.within(|lend| {
            for input in &mut closure.inputs {
                lend.bind(input, false);
            }
            lend.take(&mut closure.body);
        });
    }
}

impl VisitMut for Lend {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        self.take(expr);
    }

    fn visit_block_mut(&mut self, block: &mut Block) {
        self.within(|lend| {
            for stmt in &mut block.stmts {
                let Stmt::Local(local) = stmt else {
                    lend.visit_stmt_mut(stmt);
                    continue;
                };
                let mut lent = false;
                if let Some(init) = &mut local.init {
                    lent = takes_apart(&local.pat) && lend.is_place(&init.expr);
                    lend.rewrite(&mut init.expr, lent);
                }
                lend.bind(&mut local.pat, lent);
            }
        });
    }

    fn visit_macro_mut(&mut self, mac: &mut Macro) {
        if let Some(mut matches) = Matches::parse(mac) {
            self.within(|lend| {
                let lent = lend.is_place(&matches.value);
                lend.look(&mut matches.value);
                lend.bind(&mut matches.pattern, lent);
                if let Some(guard) = &mut matches.guard {
                    lend.take(guard);
                }
            });
            mac.tokens = matches.into_token_stream();
        } else if let Some(mut arguments) = arguments(mac) {
            let looks = tokens::is_format(&mac.path);
            for argument in &mut arguments {
                match argument {
                    // `width = value`
                    Expr::Assign(named) if looks => self.look(&mut named.right),
                    argument => self.rewrite(argument, looks),
                }
            }
            mac.tokens = arguments.into_token_stream();
        }
    }
}

/// Whether a `let` takes a value apart.
pub(super) fn takes_apart(pattern: &Pat) -> bool {
    match pattern {
        Pat::Type(typed) => takes_apart(&typed.pat),
        Pat::Ident(_) | Pat::Wild(_) => false,
        _ => true,
    }
}

/// A copy of a part of a lent value.
pub(super) fn copy(place: &impl ToTokens) -> TokenStream {
    let span = place.to_token_stream().span();
    let (rt, place) = (runtime_path_at(span), place.to_token_stream());
    quote_spanned!(span=> #rt::bounds::PartOfShared::copy(&#place))
}

/// Makes every name of a pattern a borrow.
struct Refs;

impl VisitMut for Refs {
    fn visit_pat_ident_mut(&mut self, pat: &mut syn::PatIdent) {
        let is_variable = !pat.ident.to_string().starts_with(char::is_uppercase);
        if is_variable && pat.by_ref.is_none() {
            pat.by_ref = Some(syn::Token![ref](pat.ident.span()));
            pat.mutability = None;
        }
        visit_mut::visit_pat_ident_mut(self, pat);
    }

    fn visit_expr_mut(&mut self, _: &mut Expr) {}
}
