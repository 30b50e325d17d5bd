//! What is needed around futures, and not around nodes: `.await`, `join!`, `spawn`, `timeout`.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Expr, ExprCall, Ident, Macro};

use crate::diagnostics::{self, forbidden};
use crate::syntax::tokens;

/// The tokens to blame and the message, if an expression treats nodes as futures.
pub(super) fn check(expr: &Expr) -> Option<(TokenStream, String)> {
    match expr {
        Expr::Await(expr) => Some((expr.await_token.to_token_stream(), awaited("`.await`"))),
        Expr::Try(expr) => match is_awaited(&expr.expr) {
            // One error for `.await?`.
            Some(token) => Some((token, awaited("`.await` and the `?` after it"))),
            None => Some((
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
                "call nodes without it; move other code into a deployment's `async fn`",
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
