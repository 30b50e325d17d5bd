//! Variables of the configuration that hold what looks like a deployment, but is not bound.

use std::collections::HashMap;

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Expr, Local, Pat, Stmt};

use crate::diagnostics;
use crate::syntax::tokens;
use crate::text::{name_text, type_text};

/// The tokens to blame for each such variable when a block calls it, and the message.
pub(super) type Unbound = HashMap<String, (TokenStream, String)>;

/// `let name = Type::new(..);` and `let name = graph(..);`.
pub(super) fn find(stmts: &[Stmt]) -> Unbound {
    stmts.iter().filter_map(unbound).collect()
}

fn unbound(stmt: &Stmt) -> Option<(String, (TokenStream, String))> {
    let Stmt::Local(Local {
        pat: Pat::Ident(variable),
        init: Some(init),
        ..
    }) = stmt
    else {
        return None;
    };
    let Expr::Call(call) = &*init.expr else {
        return None;
    };
    let Expr::Path(func) = &*call.func else {
        return None;
    };
    let last = func.path.segments.last()?;
    let blamed = if last.ident == "new" && func.path.segments.len() > 1 {
        let mut ty = func.path.clone();
        ty.segments.pop();
        ty.segments.pop_punct();
        let message = diagnostics::made_and_not_bound(type_text(&ty));
        (last.ident.to_token_stream(), message)
    } else if tokens::starts_low(&last.ident) {
        let message = diagnostics::called_and_not_bound(type_text(&func.path));
        (func.to_token_stream(), message)
    } else {
        return None;
    };
    Some((name_text(&variable.ident), blamed))
}
