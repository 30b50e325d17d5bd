//! A graph function, cut into its configuration and its input block.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::parse::{ParseStream, Parser};
use syn::visit::{self, Visit};
use syn::{
    Attribute, Block, Expr, ExprCall, ExprClosure, Ident, ItemFn, Pat, Path, Signature, Stmt, Type,
    Visibility,
};

use crate::diagnostics;
use crate::ir::graph::InputBlock;
use crate::report::Report;

/// Most inputs that a block can have: what tuples and witnesses are written out for.
const MOST_INPUTS: usize = 12;

/// The statements before the input block, and the block.
pub(crate) fn split<'a>(item: &'a ItemFn, report: &mut Report) -> Option<(&'a [Stmt], InputBlock)> {
    let Some((last, config)) = item.block.stmts.split_last() else {
        report.error(&item.sig.ident, diagnostics::no_input_block());
        return None;
    };
    for stmt in config {
        if let Stmt::Expr(expr, _) = stmt
            && let Some(call) = input_call(expr)
        {
            report.error(&call.func, diagnostics::second_input_block());
        }
    }
    match last {
        Stmt::Expr(expr, None) if let Some(call) = input_call(expr) => {
            Some((config, input_block(call, report)?))
        }
        Stmt::Expr(expr, Some(semi)) if input_call(expr).is_some() => {
            report.error(semi, diagnostics::no_input_block());
            None
        }
        _ => {
            report.error(last, diagnostics::no_input_block());
            None
        }
    }
}

/// A graph function of whose body nothing can be said.
pub(crate) fn without_body(item: TokenStream) -> Option<ItemFn> {
    let head = |input: ParseStream<'_>| {
        let attrs = input.call(Attribute::parse_outer)?;
        let (vis, sig): (Visibility, Signature) = (input.parse()?, input.parse()?);
        input.parse::<TokenStream>()?;
        Ok(quote!(#(#attrs)* #vis #sig {}))
    };
    let function = head.parse2(item).ok()?;
    syn::parse2(function).ok()
}

/// The inputs as far as they can be read, for the items that stand in for a broken graph. `None` if
/// not even their number is known.
pub(crate) fn inputs(item: &ItemFn, report: &Report) -> Option<Vec<(Ident, Type)>> {
    let calls = item.block.stmts.iter().rev().filter_map(|stmt| match stmt {
        Stmt::Expr(expr, _) => input_call(expr),
        _ => None,
    });
    let closures = calls.filter_map(|call| match call.args.first() {
        Some(Expr::Closure(closure)) => Some(closure),
        _ => None,
    });
    let mut inputs: Vec<(Ident, Type)> = Vec::new();
    for pat in closures.take(1).flat_map(|closure| &closure.inputs) {
        let made_up = format_ident!("input_{}", inputs.len());
        let input = input_param(pat, &mut Report::default());
        let (ident, ty) = input.unwrap_or_else(|| (made_up.clone(), report.poison()));
        let is_taken = inputs.iter().any(|(other, _)| *other == ident);
        inputs.push((if is_taken { made_up } else { ident }, ty));
    }
    (!inputs.is_empty()).then_some(inputs)
}

/// The types that `Type::bind(..)` names.
pub(crate) fn bound_types(item: &ItemFn) -> Vec<Path> {
    struct Bound(Vec<Path>);
    impl Visit<'_> for Bound {
        fn visit_expr_call(&mut self, call: &ExprCall) {
            self.0.extend(bound_type(call));
            visit::visit_expr_call(self, call);
        }
    }
    let mut bound = Bound(Vec::new());
    bound.visit_block(&item.block);
    bound.0
}

/// `Type` in `Type::bind(..)`.
pub(crate) fn bound_type(call: &ExprCall) -> Option<Path> {
    let Expr::Path(func) = &*call.func else {
        return None;
    };
    if func.qself.is_some() || func.path.segments.len() < 2 {
        return None;
    }
    let mut path = func.path.clone();
    let last = path.segments.pop()?;
    path.segments.pop_punct();
    (last.ident == "bind").then_some(path)
}

/// `input(..)`.
fn input_call(expr: &Expr) -> Option<&ExprCall> {
    match expr {
        Expr::Call(call) => match &*call.func {
            Expr::Path(path) if path.path.is_ident("input") => Some(call),
            _ => None,
        },
        _ => None,
    }
}

fn input_block(call: &ExprCall, report: &mut Report) -> Option<InputBlock> {
    let closure = match (call.args.len(), call.args.first()) {
        (1, Some(Expr::Closure(closure))) => closure,
        _ => {
            report.error(call, diagnostics::malformed_input_block());
            return None;
        }
    };
    if closure.inputs.len() > MOST_INPUTS {
        report.error(&closure.inputs, diagnostics::too_many_inputs(MOST_INPUTS));
        return None;
    }
    Some(InputBlock {
        params: input_params(closure, report)?,
        body: body(closure),
    })
}

fn input_params(closure: &ExprClosure, report: &mut Report) -> Option<Vec<(Ident, Type)>> {
    let mut params: Vec<(Ident, Type)> = Vec::new();
    let mut complete = true;
    for input in &closure.inputs {
        let Some((ident, ty)) = input_param(input, report) else {
            complete = false;
            continue;
        };
        if params.iter().any(|(other, _)| *other == ident) {
            report.error(&ident, diagnostics::duplicate_input(&ident));
            complete = false;
        }
        params.push((ident, ty));
    }
    complete.then_some(params)
}

/// `name: Type`. A type that is missing is reported, and the input counts all the same.
fn input_param(input: &Pat, report: &mut Report) -> Option<(Ident, Type)> {
    let plain = |pat: &Pat| match pat {
        Pat::Ident(pat) if pat.by_ref.is_none() && pat.subpat.is_none() => Some(pat.ident.clone()),
        _ => None,
    };
    let (pat, ty) = match input {
        Pat::Type(typed) => (&*typed.pat, Some(&*typed.ty)),
        pat => (pat, None),
    };
    let Some(ident) = plain(pat) else {
        report.error(pat, diagnostics::input_pattern());
        return None;
    };
    let ty = match ty {
        Some(Type::Reference(borrowed)) if borrowed.lifetime.is_none() => {
            report.error(borrowed, diagnostics::borrowed_input());
            report.poison()
        }
        Some(ty) => ty.clone(),
        None => {
            report.error(&ident, diagnostics::input_without_type(&ident));
            report.poison()
        }
    };
    Some((ident, ty))
}

fn body(closure: &ExprClosure) -> Block {
    match &*closure.body {
        Expr::Block(block) if block.label.is_none() => block.block.clone(),
        expr => Block {
            brace_token: Default::default(),
            stmts: vec![Stmt::Expr(expr.clone(), None)],
        },
    }
}
