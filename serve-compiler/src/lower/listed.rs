//! A list of deployments in the arguments of a `bind`: `Router::bind([Model::bind("a"), Model::bind("b")])`.
//!
//! Each gets a `let` of its own above, and the name `model[0]`, `model[1]`, ..

use std::collections::HashMap;

use heck::ToSnakeCase;
use quote::{format_ident, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, ExprCall, Ident, Stmt, parse_quote, parse_quote_spanned};

use super::config::{bound_path, last_segment};
use crate::syntax::macro_args::arguments;

/// The statements of a configuration, in which every list is written out.
pub(super) struct Listed {
    pub(super) stmts: Vec<Stmt>,
    /// The names of the deployments of lists, by their variables.
    pub(super) names: HashMap<Ident, String>,
    /// How many of a type there are.
    counts: HashMap<String, usize>,
}

impl Listed {
    pub(super) fn of(stmts: &[Stmt]) -> Self {
        let mut listed = Listed {
            stmts: Vec::new(),
            names: HashMap::new(),
            counts: HashMap::new(),
        };
        for stmt in stmts {
            let mut stmt = stmt.clone();
            if let Stmt::Local(local) = &mut stmt
                && let Some(init) = &mut local.init
                && let Some(call) = bind_call(&mut init.expr)
            {
                call.args.iter_mut().for_each(|arg| listed.argument(arg));
            }
            listed.stmts.push(stmt);
        }
        listed
    }

    /// Replaces a list of deployments by one of their variables. It becomes a `Vec` if the constructor takes one.
    fn argument(&mut self, arg: &mut Expr) {
        let Some(elements) = elements(arg) else {
            return;
        };
        let span = arg.span();
        let variables = elements.iter().map(|element| self.bind(element));
        let variables: Vec<Ident> = variables.collect();
        let list = quote_spanned!(span=> [#(#variables),*]);
        *arg = parse_quote_spanned!(span=> ::core::convert::Into::into(#list));
    }

    fn bind(&mut self, element: &Expr) -> Ident {
        let ty = bound_path(element).map(|path| last_segment(&path));
        let name = ty.unwrap_or_default().to_snake_case();
        let count = self.counts.entry(name.clone()).or_default();
        let (index, span) = (*count, element.span());
        *count += 1;
        let variable = format_ident!("__{name}_{index}", span = span);
        self.names
            .insert(variable.clone(), format!("{name}[{index}]"));
        self.stmts.push(parse_quote!(let #variable = #element;));
        variable
    }
}

/// The `Type::bind(..)` below option builders.
fn bind_call(expr: &mut Expr) -> Option<&mut ExprCall> {
    bound_path(expr)?;
    match expr {
        Expr::MethodCall(call) => bind_call(&mut call.receiver),
        Expr::Call(call) => Some(call),
        _ => None,
    }
}

/// The elements of `[..]` or `vec![..]`, if all of them are deployments that are bound there.
fn elements(arg: &Expr) -> Option<Vec<Expr>> {
    let elements: Vec<Expr> = match arg {
        Expr::Array(list) => list.elems.iter().cloned().collect(),
        Expr::Macro(list) if list.mac.path.is_ident("vec") => {
            arguments(&list.mac)?.into_iter().collect()
        }
        _ => return None,
    };
    let are_bound = !elements.is_empty() && elements.iter().all(|it| bound_path(it).is_some());
    are_bound.then_some(elements)
}
