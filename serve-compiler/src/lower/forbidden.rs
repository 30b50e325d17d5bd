//! Expressions that are not allowed in an input block, and why.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Attribute, BinOp, Expr};

use super::habits;
use crate::diagnostics::{self, forbidden};
use crate::report::Report;
use crate::syntax::entry::entry_call;
use crate::syntax::graph::bound_type;
use crate::text::{tidy, type_text};

const NOT_STEPS: &str =
    "the block declares which node gets which value, and has no steps that run in order";

/// The tokens to blame and the message, if an input block refuses this expression.
pub(super) fn check(expr: &Expr) -> Option<(TokenStream, String)> {
    let loops = |token: &dyn ToTokens, what: &str| {
        let help = "loop inside a deployment's method";
        Some((token.to_token_stream(), forbidden(what, NOT_STEPS, help)))
    };
    let jumps = |token: &dyn ToTokens, what: &str| {
        let help = "make the answer the last expression of the block; for two answers, write `if .. { .. } else { .. }` there";
        Some((token.to_token_stream(), forbidden(what, NOT_STEPS, help)))
    };
    match expr {
        Expr::Call(call)
            if matches!(call.args.last(), Some(Expr::Closure(_))) && entry_call(expr).is_some() =>
        {
            let entry = entry_call(expr)?;
            Some((
                entry.call.func.to_token_stream(),
                diagnostics::block_in_a_block(),
            ))
        }
        Expr::ForLoop(expr) => {
            let message = diagnostics::loop_over_items(&type_text(&expr.pat), &over(&expr.expr));
            Some((expr.for_token.to_token_stream(), message))
        }
        Expr::While(expr) => loops(&expr.while_token, "a loop"),
        Expr::Loop(expr) => loops(&expr.loop_token, "a loop"),
        Expr::Return(expr) => jumps(&expr.return_token, "`return`"),
        Expr::Break(expr) => jumps(&expr.break_token, "`break`"),
        Expr::Continue(expr) => jumps(&expr.continue_token, "`continue`"),
        Expr::Call(call) if bound_type(call).is_some() => {
            let ty = bound_type(call)?.to_token_stream();
            let message = diagnostics::bound_in_input_block(tidy(&ty.to_string()));
            Some((call.func.to_token_stream(), message))
        }
        Expr::Assign(assign) => assignment(&assign.eq_token, &assign.left),
        Expr::Binary(binary) if assigns(&binary.op) => assignment(&binary.op, &binary.left),
        Expr::Reference(expr) => {
            let mutability = expr.mutability.as_ref()?;
            Some((
                mutability.to_token_stream(),
                forbidden(
                    "`&mut`",
                    "a value of a graph may have several readers",
                    "change the value inside a deployment's method",
                ),
            ))
        }
        expr => habits::check(expr),
    }
}

/// What a loop goes over, without the call that makes an iterator of it.
fn over(items: &Expr) -> String {
    match items {
        Expr::MethodCall(call)
            if matches!(call.method.to_string().as_str(), "iter" | "into_iter") =>
        {
            type_text(&call.receiver)
        }
        Expr::Reference(reference) => type_text(&reference.expr),
        items => type_text(items),
    }
}

/// Reports the first attribute of a graph that would change its content, and says whether there is one. Lint
/// attributes are allowed.
pub(super) fn attributes(attrs: &[Attribute], report: &mut Report) -> bool {
    let lints = ["allow", "expect", "warn", "deny", "forbid", "doc"];
    let is_lint = |attr: &&Attribute| lints.iter().any(|lint| attr.path().is_ident(lint));
    let changing = attrs.iter().find(|attr| !is_lint(attr));
    if let Some(attr) = changing {
        report.error_once(attr, diagnostics::attribute_in_graph());
    }
    changing.is_some()
}

/// Whether an expression is refused with all that is in it, so that errors inside of it would follow from that.
pub(super) fn is_refused_whole(expr: &Expr) -> bool {
    matches!(
        expr,
        Expr::ForLoop(_)
            | Expr::While(_)
            | Expr::Loop(_)
            | Expr::Async(_)
            | Expr::Call(_)
            | Expr::Macro(_)
            | Expr::Await(_)
            | Expr::Try(_)
            | Expr::Assign(_)
    ) || matches!(expr, Expr::Binary(binary) if assigns(&binary.op))
}

fn assignment(token: &dyn ToTokens, place: &Expr) -> Option<(TokenStream, String)> {
    let help = match place {
        Expr::Path(_) => "bind a new value with `let`",
        _ => "keep what changes in a deployment, and change it in a method with `&mut self`",
    };
    let message = forbidden("an assignment", "a name keeps its first value", help);
    Some((token.to_token_stream(), message))
}

fn assigns(op: &BinOp) -> bool {
    matches!(
        op,
        BinOp::AddAssign(_)
            | BinOp::SubAssign(_)
            | BinOp::MulAssign(_)
            | BinOp::DivAssign(_)
            | BinOp::RemAssign(_)
            | BinOp::BitXorAssign(_)
            | BinOp::BitAndAssign(_)
            | BinOp::BitOrAssign(_)
            | BinOp::ShlAssign(_)
            | BinOp::ShrAssign(_)
    )
}
