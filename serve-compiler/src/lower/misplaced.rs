//! What does not belong into the configuration of a graph: values of a request, `?`, and deployments whose number
//! or kind is not known at compile time.

use proc_macro2::TokenStream;
use quote::quote;
use syn::visit::{self, Visit};
use syn::{Expr, ExprAsync, ExprCall, ExprClosure, ExprTry, Ident, Item, Local, Stmt};

use super::config::bound_path;
use super::scope::{Meaning, Scope};
use crate::diagnostics;
use crate::report::Report;
use crate::source::named::is_async_deployment;
use crate::syntax::graph::bound_type;
use crate::text::{tidy, type_text};

/// Reports inputs of a request in the arguments of a `bind`, and returns them.
pub(super) fn inputs(
    stmt: &Stmt,
    inputs: &[Ident],
    scope: &Scope,
    report: &mut Report,
) -> Vec<Ident> {
    let mut found = Names(Vec::new());
    found.visit_stmt(stmt);
    let is_input = |name: &Ident| inputs.contains(name) && scope.meaning(name) == Meaning::Unknown;
    let found: Vec<Ident> = found.0.into_iter().filter(is_input).collect();
    for name in &found {
        report.error(name, diagnostics::input_in_configuration(name));
    }
    found
}

/// Names that are used as values, outside of closures, blocks and arms, which have names of their own.
struct Names(Vec<Ident>);

impl<'s> Visit<'s> for Names {
    fn visit_expr(&mut self, expr: &'s Expr) {
        match expr {
            Expr::Path(path) => self.0.extend(path.path.get_ident().cloned()),
            // The callee is a function.
            Expr::Call(call) => call.args.iter().for_each(|arg| self.visit_expr(arg)),
            Expr::Match(choice) => self.visit_expr(&choice.expr),
            Expr::Closure(_) | Expr::Async(_) | Expr::Block(_) => {}
            expr => visit::visit_expr(self, expr),
        }
    }
}

/// Reports what is written after a `bind` as if it were a future or could fail; returns the `let` without that.
pub(super) fn awaited(stmt: &Stmt, report: &mut Report) -> Option<Stmt> {
    let mut stmt = stmt.clone();
    let Stmt::Local(Local {
        init: Some(init), ..
    }) = &mut stmt
    else {
        return None;
    };
    let (mut plain, mut after) = (&*init.expr, TokenStream::new());
    loop {
        plain = match plain {
            Expr::Await(expr) => {
                let (dot, token) = (&expr.dot_token, &expr.await_token);
                after = quote!(#dot #token #after);
                &expr.base
            }
            Expr::Try(expr) => {
                let token = &expr.question_token;
                after = quote!(#token #after);
                &expr.expr
            }
            _ => break,
        };
    }
    if after.is_empty() || bound_path(plain).is_none() {
        return None;
    }
    report.error(&after, diagnostics::awaited_bind(tidy(&after.to_string())));
    *init.expr = plain.clone();
    Some(stmt)
}

/// Methods of a handle that call nothing.
const OF_HANDLES: [&str; 4] = ["clone", "options", "into", "to_owned"];

/// Reports calls of nodes among the arguments of a `bind` for a variable.
pub(super) fn nodes(bind: &Expr, variable: &Ident, scope: &Scope, report: &mut Report) {
    let call = match bind {
        Expr::MethodCall(call) => return nodes(&call.receiver, variable, scope, report),
        Expr::Call(call) => call,
        _ => return,
    };
    for argument in &call.args {
        let argument = match argument {
            Expr::Await(argument) => &*argument.base,
            argument => argument,
        };
        match argument {
            Expr::MethodCall(call) if !OF_HANDLES.iter().any(|known| call.method == known) => {
                let Expr::Path(receiver) = &*call.receiver else {
                    continue;
                };
                let name = receiver.path.get_ident();
                let name =
                    name.filter(|name| matches!(scope.meaning(name), Meaning::Deployment(_)));
                if let Some(name) = name {
                    let node = format!("{name}.{}", call.method);
                    report.error(&call.method, diagnostics::node_in_bind(node, variable));
                }
            }
            Expr::Call(call) => {
                let Expr::Path(func) = &*call.func else {
                    continue;
                };
                let name = func.path.get_ident();
                if let Some(name) = name.filter(|name| is_async_deployment(name)) {
                    report.error(name, diagnostics::node_in_bind(name, variable));
                }
            }
            _ => {}
        }
    }
}

/// Reports every `?` that would leave the graph function.
pub(super) fn question_marks(stmt: &Stmt, report: &mut Report) {
    struct Find<'r>(&'r mut Report);
    impl<'s> Visit<'s> for Find<'_> {
        fn visit_expr_try(&mut self, expr: &'s ExprTry) {
            let message = diagnostics::question_mark_in_graph();
            self.0.error(expr.question_token, message);
        }
        fn visit_expr_closure(&mut self, _: &'s ExprClosure) {}
        fn visit_expr_async(&mut self, _: &'s ExprAsync) {}
        fn visit_item(&mut self, _: &'s Item) {}
    }
    Find(report).visit_stmt(stmt);
}

/// Reports the first deployment that a statement binds in any other way than `let name = Type::bind(..);`, and
/// says whether there is one.
pub(super) fn bindings(stmt: &Stmt, report: &mut Report) -> bool {
    let mut find = Find {
        inside: Inside::Statement,
        found: None,
    };
    find.visit_stmt(stmt);
    let Some((call, inside)) = find.found else {
        return false;
    };
    let ty = bound_type(call).map(|path| type_text(&path));
    let ty = ty.unwrap_or_default();
    let message = match inside {
        Inside::Statement => diagnostics::bound_in_passing(ty),
        Inside::Loop => diagnostics::bound_repeatedly(ty),
        Inside::Choice => diagnostics::bound_on_a_condition(ty),
    };
    report.error(&call.func, message);
    true
}

/// The innermost expression around a `bind`.
#[derive(Clone, Copy)]
enum Inside {
    Statement,
    Loop,
    Choice,
}

struct Find<'s> {
    inside: Inside,
    found: Option<(&'s ExprCall, Inside)>,
}

impl<'s> Find<'s> {
    fn within(&mut self, inside: Inside, expr: &'s Expr) {
        let outside = std::mem::replace(&mut self.inside, inside);
        visit::visit_expr(self, expr);
        self.inside = outside;
    }
}

impl<'s> Visit<'s> for Find<'s> {
    fn visit_expr(&mut self, expr: &'s Expr) {
        match expr {
            Expr::Closure(_) | Expr::ForLoop(_) | Expr::While(_) | Expr::Loop(_) => {
                self.within(Inside::Loop, expr);
            }
            Expr::If(_) | Expr::Match(_) => self.within(Inside::Choice, expr),
            Expr::Call(call) if bound_type(call).is_some() => {
                self.found.get_or_insert((call, self.inside));
            }
            expr => visit::visit_expr(self, expr),
        }
    }

    fn visit_item(&mut self, _: &'s Item) {}
}
