//! Plain expressions: which edges they read and how, and the node calls to take out of them.

mod callable;
mod macros;

use quote::format_ident;
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{
    Arm, BinOp, Block, Expr, ExprCall, ExprClosure, ExprIf, ExprMethodCall, FieldValue, Ident,
    Macro, Pat, Stmt, Token, UnOp, parse_quote_spanned,
};

use super::expr::Lowering;
use super::fan_out::{self, is_over_iterator};
use super::forbidden;
use super::habits;
use super::scope::Meaning;
use super::waiting;
use crate::diagnostics;
use crate::ir::graph::Read;
use crate::ir::id::EdgeId;
use crate::runtime_path::runtime_path_at;
use crate::syntax::{pattern, takes, tokens};
use crate::text::name_text;

/// Walks one plain expression.
pub(super) struct Plain<'l, 'a> {
    lowering: &'l mut Lowering<'a>,
    pub(super) reads: Vec<Read>,
    /// Names that the expression defines itself, innermost last.
    locals: Vec<String>,
    /// The enclosing expression in which no node can be called.
    inside: Option<&'static str>,
    /// Whether the expression that is visited next is only read, not moved.
    looked_at: bool,
    /// Whether the walk is inside a `move` closure, which takes all that it reads.
    moves: bool,
}

impl<'l, 'a> Plain<'l, 'a> {
    pub(super) fn new(lowering: &'l mut Lowering<'a>) -> Self {
        Plain {
            lowering,
            reads: Vec::new(),
            locals: Vec::new(),
            inside: None,
            looked_at: false,
            moves: false,
        }
    }

    /// A walk of an expression in which some names mean the values that a pattern binds.
    pub(super) fn with_locals(lowering: &'l mut Lowering<'a>, names: &[Ident]) -> Self {
        let mut plain = Plain::new(lowering);
        plain.locals = names.iter().map(Ident::to_string).collect();
        plain
    }

    /// Walks an expression in which no node can be called.
    pub(super) fn inside(&mut self, what: &'static str, walk: impl FnOnce(&mut Self)) {
        self.within(what, Vec::new(), walk);
    }

    fn read(&mut self, edge: EdgeId, ident: &Ident, lendable: bool) {
        let edge = self.lowering.here(edge);
        let ident = ident.clone();
        self.lowering.edges[edge].uses.push(ident.clone());
        add_read(
            &mut self.reads,
            Read {
                edge,
                ident,
                lendable,
            },
        );
    }

    /// A single name.
    fn name(&mut self, ident: &Ident, lendable: bool) {
        let name = ident.to_string();
        if self.locals.contains(&name) {
            return;
        }
        let message = match self.lowering.scope.meaning(ident) {
            Meaning::Edge(edge) => return self.read(edge, ident, lendable && !self.moves),
            Meaning::Deployment(_) => diagnostics::deployment_as_value(ident),
            Meaning::Configuration => diagnostics::configuration_in_input_block(ident),
            Meaning::Later => waiting::used_before_definition(ident, &self.lowering.blocks),
            Meaning::Ended => diagnostics::out_of_scope(ident),
            Meaning::Broken => return,
            // A constant, a unit struct or a variant.
            Meaning::Unknown if name.starts_with(char::is_uppercase) => return,
            Meaning::Unknown => diagnostics::unknown_variable(&name, self.lowering.scope.names()),
        };
        self.lowering.report.error(ident, message);
    }

    /// The name of a configuration value, if an expression is only that name.
    fn configuration(&self, expr: &Expr) -> Option<Ident> {
        let Expr::Path(path) = expr else { return None };
        let ident = path.path.get_ident()?;
        let is_local = self.locals.contains(&ident.to_string());
        let meaning = self.lowering.scope.meaning(ident);
        (!is_local && meaning == Meaning::Configuration).then(|| ident.clone())
    }

    /// Whether the callee is a value of this request, such as a closure.
    fn calls_a_value(&self, call: &ExprCall) -> bool {
        let Expr::Path(func) = &*call.func else {
            return false;
        };
        func.path.get_ident().is_some_and(|name| {
            self.locals.contains(&name.to_string())
                || matches!(self.lowering.scope.meaning(name), Meaning::Edge(_))
        })
    }

    /// Whether an expression is an edge, or a node, and no name of the expression around it.
    fn is_value(&self, expr: &Expr) -> bool {
        let name = match expr {
            Expr::Path(path) => path.path.get_ident(),
            _ => None,
        };
        let is_local = name.is_some_and(|name| self.locals.contains(&name.to_string()));
        !is_local && self.lowering.is_value(expr)
    }

    /// `deployment` in `deployment(..)`.
    fn called_deployment(&self, call: &ExprCall) -> Option<Ident> {
        let Expr::Path(func) = &*call.func else {
            return None;
        };
        let name = func.path.get_ident()?;
        let is_deployment = !self.locals.contains(&name.to_string())
            && matches!(self.lowering.scope.meaning(name), Meaning::Deployment(_));
        is_deployment.then(|| name.clone())
    }

    /// `function` in `items.map(function)`, if no known name is similar.
    fn function_as_value(&self, call: &ExprMethodCall) -> Option<Ident> {
        let (Some(Expr::Path(path)), 1) = (call.args.first(), call.args.len()) else {
            return None;
        };
        let ident = path.path.get_ident()?;
        let name = ident.to_string();
        let is_unknown = self.lowering.scope.meaning(ident) == Meaning::Unknown
            && !self.locals.contains(&name)
            && !self.lowering.scope.is_function(ident)
            && tokens::starts_low(ident)
            && diagnostics::nearest(&name, self.lowering.scope.names()).is_none();
        (call.method == "map" && is_unknown).then(|| ident.clone())
    }

    /// Takes a node out: its replacement reads the edge of its result.
    fn take_out(&mut self, expr: &mut Expr) -> bool {
        if let Some(inside) = self.inside {
            let is_local = matches!(expr, Expr::Call(call) if self.calls_a_value(call));
            if is_local || self.lowering.node_call(expr).is_none() {
                return false;
            }
            let message = diagnostics::node_inside(inside);
            self.lowering.report.error(&*expr, message);
            return true;
        }
        let Some(node) = self.lowering.node(expr) else {
            return false;
        };
        let at = format_ident!("block", span = expr.span());
        let value = self.lowering.lower_node(node);
        if let Some((edge, at)) = value.map(|value| self.lowering.edge_of(value, at)) {
            let ident = result(edge, &at);
            self.read(edge, &ident, false);
            *expr = parse_quote_spanned!(ident.span()=> #ident);
        }
        true
    }

    /// Walks an expression that has names of its own and in which no node can be called.
    fn within(&mut self, what: &'static str, names: Vec<Ident>, walk: impl FnOnce(&mut Self)) {
        let outside = self.inside;
        self.inside.get_or_insert(what); // the outermost one is the one to change
        let depth = self.locals.len();
        self.locals.extend(names.iter().map(Ident::to_string));
        walk(self);
        self.locals.truncate(depth);
        self.inside = outside;
    }

    /// From here on, the names of a pattern mean the values that it binds.
    fn define(&mut self, pattern: &Pat) {
        let names = pattern::names(pattern);
        self.locals.extend(names.iter().map(Ident::to_string));
    }

    fn look_at(&mut self, expr: &mut Expr) {
        self.looked_at = true;
        self.visit_expr_mut(expr);
        self.looked_at = false;
    }
}

impl VisitMut for Plain<'_, '_> {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        let looked_at = std::mem::take(&mut self.looked_at);
        if let Some((guilty, message)) = forbidden::check(expr) {
            self.lowering.report.error(guilty, message);
            if forbidden::is_refused_whole(expr) {
                return; // errors inside of it follow from this one
            }
        }
        if self.take_out(expr) {
            return;
        }
        match expr {
            Expr::Path(path) => match path.path.get_ident() {
                Some(ident) => self.name(ident, looked_at),
                None => visit_mut::visit_expr_path_mut(self, path),
            },
            Expr::MethodCall(call) => {
                let is_value = self.is_value(&call.receiver);
                let is_node = self.lowering.node_call(&call.receiver).is_some();
                if let Some(name) = self.configuration(&call.receiver) {
                    match self.lowering.unbound.get(&name_text(&name)).cloned() {
                        Some((blamed, message)) => {
                            self.lowering.report.error(&blamed, message);
                            self.lowering.report.spoil(&blamed);
                            self.lowering.scope.break_off(&name); // no error at every use
                        }
                        None => {
                            let message = diagnostics::not_bound(&name);
                            self.lowering.report.error(name, message);
                        }
                    }
                    return;
                }
                if let Some(remote) = habits::remote(call)
                    && self.is_callable(&call.receiver)
                {
                    let message = diagnostics::remote_call(remote);
                    self.lowering.report.error(&call.method, message);
                    return;
                }
                if call.method == "collect"
                    && self.lowering.is_fan_out(&call.receiver)
                    && !is_over_iterator(&call.receiver)
                {
                    let message = diagnostics::fan_out_is_collected();
                    self.lowering.report.error(&call.method, message);
                }
                if let Some(name) = self.function_as_value(call) {
                    let message = diagnostics::function_as_value(&name);
                    self.lowering.report.error(name, message);
                    return;
                }
                match takes::takes(&call.method) {
                    true => self.visit_expr_mut(&mut call.receiver),
                    false => self.look_at(&mut call.receiver),
                }
                call.args
                    .iter_mut()
                    .for_each(|arg| self.visit_expr_mut(arg));
                if is_value {
                    habits::check_receiver(call);
                }
                if is_node && let Some(checked) = habits::check_timeout(call) {
                    *expr = checked;
                }
            }
            // The names that it binds are visible in the rest of the condition, and in the block after it.
            Expr::Let(condition) => {
                if self.is_value(&condition.expr) {
                    habits::check_matched(&mut condition.expr, [&*condition.pat]);
                }
                match pattern::only_looks(&condition.pat) {
                    true => self.look_at(&mut condition.expr),
                    false => self.visit_expr_mut(&mut condition.expr),
                }
                self.define(&condition.pat);
            }
            Expr::Match(expr) => {
                if self.is_value(&expr.expr) {
                    habits::check_matched(&mut expr.expr, expr.arms.iter().map(|arm| &arm.pat));
                }
                // A pattern that binds takes the whole value, but of a part only what it binds.
                match expr.arms.iter().all(|arm| pattern::only_looks(&arm.pat)) {
                    true => self.look_at(&mut expr.expr),
                    false => self.visit_expr_mut(&mut expr.expr),
                }
                expr.arms.iter_mut().for_each(|arm| self.visit_arm_mut(arm));
            }
            Expr::Field(field) => match self.method_of_deployment(field) {
                Some(message) => self.lowering.report.error(field, message),
                None => self.look_at(&mut field.base),
            },
            Expr::Index(index) => {
                self.look_at(&mut index.expr);
                self.visit_expr_mut(&mut index.index);
            }
            Expr::Unary(unary) if matches!(unary.op, UnOp::Deref(_)) => {
                self.look_at(&mut unary.expr);
            }
            Expr::Paren(inner) if looked_at => self.look_at(&mut inner.expr),
            Expr::Group(inner) if looked_at => self.look_at(&mut inner.expr),
            Expr::Binary(binary) if takes::compares(&binary.op) => {
                self.look_at(&mut binary.left);
                self.look_at(&mut binary.right);
            }
            Expr::Binary(binary) if matches!(binary.op, BinOp::And(_) | BinOp::Or(_)) => {
                self.visit_expr_mut(&mut binary.left);
                let what = match binary.op {
                    BinOp::And(_) => "the right side of `&&`",
                    _ => "the right side of `||`",
                };
                // The names of a chain of `let`s are visible after it.
                let outside = self.inside;
                self.inside.get_or_insert(what);
                self.visit_expr_mut(&mut binary.right);
                self.inside = outside;
            }
            Expr::Reference(reference) => self.look_at(&mut reference.expr),
            Expr::Call(call) => {
                if let Some(name) = self.called_deployment(call) {
                    let message = diagnostics::deployment_called(&name, &call.args);
                    self.lowering.report.error(name, message);
                    return;
                }
                // The callee is a constructor or an associated function, not a value.
                if !matches!(&*call.func, Expr::Path(_)) || self.calls_a_value(call) {
                    self.visit_expr_mut(&mut call.func);
                }
                call.args
                    .iter_mut()
                    .for_each(|arg| self.visit_expr_mut(arg));
            }
            _ => visit_mut::visit_expr_mut(self, expr),
        }
        if let Expr::MethodCall(call) = expr
            && is_map_of_a_value(call)
        {
            let (rt, at) = (runtime_path_at(call.method.span()), call.method.span());
            // `map` is a method of a list in a block.
            *expr = parse_quote_spanned!(at=> {
                #[allow(unused_imports)]
                use #rt::private::MapItems as _;
                #call
            });
        }
    }

    fn visit_expr_closure_mut(&mut self, closure: &mut ExprClosure) {
        let names = closure.inputs.iter().flat_map(pattern::names).collect();
        let outside = self.moves;
        self.moves |= closure.capture.is_some();
        self.within("a closure", names, |plain| {
            plain.visit_expr_mut(&mut closure.body);
        });
        self.moves = outside;
    }

    fn visit_arm_mut(&mut self, arm: &mut Arm) {
        let names = pattern::names(&arm.pat);
        self.within("a `match` arm", names, |plain| {
            visit_mut::visit_arm_mut(plain, arm);
        });
    }

    fn visit_expr_if_mut(&mut self, expr: &mut ExprIf) {
        self.within("an `if`", Vec::new(), |plain| {
            plain.visit_expr_mut(&mut expr.cond);
            plain.visit_block_mut(&mut expr.then_branch);
        });
        if let Some((_, otherwise)) = &mut expr.else_branch {
            self.within("an `if`", Vec::new(), |plain| {
                plain.visit_expr_mut(otherwise);
            });
        }
    }

    /// A name means the value of a `let` only after that `let`.
    fn visit_block_mut(&mut self, block: &mut Block) {
        self.within("a block", Vec::new(), |plain| {
            for stmt in &mut block.stmts {
                plain.visit_stmt_mut(stmt);
                if let Stmt::Local(local) = stmt {
                    plain.define(&local.pat);
                }
            }
        });
    }

    /// `Request { url }` is short for `Request { url: url }`.
    fn visit_field_value_mut(&mut self, field: &mut FieldValue) {
        if field.colon_token.is_none() {
            field.colon_token = Some(Token![:](field.expr.span()));
        }
        self.visit_expr_mut(&mut field.expr);
    }

    /// The patterns of `match`, `let` and closures define names; only the guard of an arm reads some.
    fn visit_pat_mut(&mut self, pat: &mut Pat) {
        if let Pat::Guard(guarded) = pat {
            self.visit_expr_mut(&mut guarded.guard);
        }
    }

    fn visit_macro_mut(&mut self, mac: &mut Macro) {
        self.look_into(mac);
    }
}

/// `items.map(|item| ..)` without a node.
fn is_map_of_a_value(call: &ExprMethodCall) -> bool {
    let is_value = matches!(&*call.receiver, Expr::Path(path) if path.path.get_ident().is_some());
    is_value && fan_out::closure(call).is_some()
}

/// Adds a read of an edge to those of an expression. `let b = a;` gives one value two names, and each has a
/// read of its own: a value that is moved by one name cannot be borrowed by the other.
pub(super) fn add_read(reads: &mut Vec<Read>, mut read: Read) {
    for other in reads.iter_mut().filter(|other| other.edge == read.edge) {
        read.lendable &= other.lendable;
    }
    for other in reads.iter_mut().filter(|other| other.edge == read.edge) {
        other.lendable = read.lendable;
    }
    let known = |other: &Read| other.edge == read.edge && other.ident == read.ident;
    if !reads.iter().any(known) {
        reads.push(read);
    }
}

/// The names that `if let` and its chains bind.
pub(super) fn condition_names(condition: &Expr) -> Vec<Ident> {
    match condition {
        Expr::Let(condition) => pattern::names(&condition.pat),
        Expr::Binary(binary) => {
            let mut names = condition_names(&binary.left);
            names.extend(condition_names(&binary.right));
            names
        }
        _ => Vec::new(),
    }
}

/// The variable for the value of a node in an expression; rustc may show its name.
pub(super) fn result(edge: EdgeId, at: &Ident) -> Ident {
    format_ident!("result_of_{}_{edge}", at, span = at.span())
}
