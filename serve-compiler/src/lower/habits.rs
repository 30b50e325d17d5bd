//! What is needed around futures, and not around nodes: `.await`, `join!`, `spawn`, `timeout`.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Expr, ExprCall, ExprMethodCall, Ident, Macro, Pat, parse_quote_spanned};

use crate::diagnostics::{self, forbidden};
use crate::runtime_path::runtime_path_at;
use crate::syntax::tokens;
use crate::text::type_text;

/// The tokens to blame and the message, if an expression treats nodes as futures.
pub(super) fn check(expr: &Expr) -> Option<(TokenStream, String)> {
    match expr {
        Expr::Await(expr) => Some((expr.await_token.to_token_stream(), awaited("`.await`"))),
        Expr::Try(expr) => match (is_awaited(&expr.expr), &*expr.expr) {
            // One error for `.await?`, and for `try_join!(..)?`.
            (Some(token), _) => Some((token, awaited("`.await?`"))),
            (None, inner @ (Expr::Macro(_) | Expr::Call(_))) if check(inner).is_some() => {
                check(inner)
            }
            _ => Some((
                expr.question_token.to_token_stream(),
                forbidden(
                    "`?`",
                    "an edge carries the `Ok` value of its node, and an error ends the request",
                    "if it follows a call of a node, remove it; if it follows anything else, move that expression into a deployment's method",
                ),
            )),
        },
        Expr::Async(expr) => Some((
            expr.async_token.to_token_stream(),
            forbidden(
                "an `async` block",
                "the graph waits for its nodes, and starts each as soon as its inputs are there",
                "remove `async`, a `move` after it and its braces; move what is no call of a node into a deployment's `async fn`",
            ),
        )),
        Expr::Macro(expr) => of_macro(&expr.mac),
        Expr::Call(call) => of_function(call),
        _ => None,
    }
}

fn awaited(what: &str) -> String {
    let why = "a call here is a node, and the graph waits for its value";
    forbidden(what, why, "remove it: the value is there where it is used")
}

/// The `await` in a chain of methods.
fn is_awaited(expr: &Expr) -> Option<TokenStream> {
    match expr {
        Expr::Await(expr) => Some(expr.await_token.to_token_stream()),
        Expr::MethodCall(call) => is_awaited(&call.receiver),
        Expr::Try(expr) => is_awaited(&expr.expr),
        Expr::Paren(expr) => is_awaited(&expr.expr),
        _ => None,
    }
}

/// `join!(..)` and its kind, by whatever path.
fn of_macro(mac: &Macro) -> Option<(TokenStream, String)> {
    let name = &mac.path.segments.last()?.ident;
    let message = match name.to_string().as_str() {
        "join" | "try_join" => diagnostics::joined_nodes(name),
        "select" | "select_biased" => diagnostics::selected_node(name),
        _ => return None,
    };
    Some((name.to_token_stream(), message))
}

/// `tokio::spawn(..)` and its kind: a function of a crate that runs futures.
fn of_function(call: &ExprCall) -> Option<(TokenStream, String)> {
    let Expr::Path(func) = &*call.func else {
        return None;
    };
    let segments = &func.path.segments;
    let (first, last) = (segments.first()?, segments.last()?);
    let is_theirs = segments.len() > 1 && tokens::runs_futures(&first.ident);
    is_theirs.then(|| {
        let message = of_name(&last.ident);
        (func.to_token_stream(), message)
    })
}

/// The message about a function that runs futures.
fn of_name(name: &Ident) -> String {
    match name.to_string().as_str() {
        "spawn" | "spawn_blocking" | "spawn_local" | "block_in_place" => {
            diagnostics::spawned_node(name)
        }
        "timeout" | "timeout_at" => diagnostics::node_with_timeout(name),
        "join_all" | "try_join_all" => diagnostics::joined_items(name),
        "join" | "try_join" | "join3" | "try_join3" => diagnostics::joined_nodes(name),
        _ => diagnostics::function_of_futures(name),
    }
}

/// Lets rustc check that the value of an edge has the method that is called on it, one of `Option` or `Result`.
pub(super) fn check_receiver(call: &mut ExprMethodCall) {
    let bound = match call.method.to_string().as_str() {
        "unwrap" | "expect" => "Unwrap",
        "map_err" | "is_ok" | "is_err" | "unwrap_err" | "expect_err" => "Fallible",
        _ => return,
    };
    check_value(&mut call.receiver, bound, call.method.span());
}

/// `node.method` in `node.method.remote(..)`, as Ray Serve calls it.
pub(super) fn remote(call: &ExprMethodCall) -> Option<String> {
    (call.method == "remote").then(|| type_text(&call.receiver))
}

/// Lets rustc refuse `node.method(..).timeout(limit)`, unless its value has such a method.
pub(super) fn check_timeout(call: &ExprMethodCall) -> Option<Expr> {
    let (rt, at) = (runtime_path_at(call.method.span()), call.method.span());
    let is_timeout = call.method == "timeout" && call.args.len() == 1;
    is_timeout.then(|| {
        parse_quote_spanned!(at=> {
            #[allow(unused_imports)]
            use #rt::bounds::CallWithTimeout as _;
            #call
        })
    })
}

/// The same for an edge that patterns take apart, if one of them is `Ok(..)` or `Err(..)`.
pub(super) fn check_matched<'p>(value: &mut Expr, patterns: impl IntoIterator<Item = &'p Pat>) {
    if let Some(span) = patterns.into_iter().find_map(of_result) {
        check_value(value, "Fallible", span);
    }
}

/// The place of `Ok` or `Err` in a pattern.
fn of_result(pattern: &Pat) -> Option<Span> {
    match pattern {
        Pat::TupleStruct(pattern) if pattern.path.is_ident("Ok") => Some(pattern.path.span()),
        Pat::TupleStruct(pattern) if pattern.path.is_ident("Err") => Some(pattern.path.span()),
        Pat::Or(patterns) => patterns.cases.iter().find_map(of_result),
        Pat::Paren(pattern) => of_result(&pattern.pat),
        _ => None,
    }
}

/// `<_ as Bound>::value(value)`, at the word that needs it.
fn check_value(value: &mut Expr, bound: &str, at: Span) {
    let (rt, bound) = (runtime_path_at(at), Ident::new(bound, at));
    *value = parse_quote_spanned!(at=> <_ as #rt::bounds::#bound>::value(#value));
}
