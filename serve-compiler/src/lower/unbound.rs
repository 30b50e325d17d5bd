//! Variables of the configuration that hold what looks like a deployment, but is not bound.

use std::collections::HashMap;

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{
    Expr, ExprMethodCall, FnArg, Ident, Local, Pat, Path, PathArguments, Signature, Stmt, Type,
};

use crate::diagnostics;
use crate::syntax::tokens;
use crate::text::{name_text, type_text};

/// The tokens to blame for each such variable when a block calls it, and the message.
pub(super) type Unbound = HashMap<String, (TokenStream, String)>;

/// `let name = Type::new(..);` and `let name = graph(..);`.
pub(super) fn find(stmts: &[Stmt]) -> Unbound {
    stmts.iter().filter_map(unbound).collect()
}

/// Parameters that are handles.
pub(super) fn handles(signature: &Signature) -> Unbound {
    let params = signature.inputs.iter().filter_map(|input| {
        let FnArg::Typed(param) = input else {
            return None;
        };
        let (Pat::Ident(name), Type::Path(ty)) = (&*param.pat, &*param.ty) else {
            return None;
        };
        let last = ty
            .path
            .segments
            .last()
            .filter(|last| last.ident == "Handle")?;
        let PathArguments::AngleBracketed(of) = &last.arguments else {
            return None;
        };
        let message = diagnostics::handle_as_parameter(&name.ident, type_text(&of.args));
        Some((name_text(&name.ident), (ty.to_token_stream(), message)))
    });
    params.collect()
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
    if let Expr::MethodCall(chain) = &*init.expr
        && let Some((bind, ty)) = bound_late(chain)
    {
        let message = diagnostics::bound_after_options(type_text(&ty));
        return Some((
            name_text(&variable.ident),
            (bind.to_token_stream(), message),
        ));
    }
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

/// The `bind` in `Type::options(..).bind(..)`, as Ray Serve has it, and the type.
fn bound_late(chain: &ExprMethodCall) -> Option<(&Ident, Path)> {
    let inner = match &*chain.receiver {
        Expr::MethodCall(inner) => bound_late(inner),
        _ => None,
    };
    if inner.is_some() || chain.method != "bind" {
        return inner;
    }
    let mut first = &*chain.receiver;
    while let Expr::MethodCall(call) = first {
        first = &call.receiver;
    }
    let func = match first {
        Expr::Call(call) => &*call.func,
        first => first,
    };
    let Expr::Path(func) = func else { return None };
    let mut ty = func.path.clone();
    if ty.segments.len() > 1 {
        ty.segments.pop();
        ty.segments.pop_punct();
    }
    Some((&chain.method, ty))
}
