//! A graph function, cut into its configuration and its input block.

use syn::{Block, Expr, ExprCall, ExprClosure, Ident, ItemFn, Pat, Stmt, Type};

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

/// The types of the inputs as far as they can be read, for the items that stand in for a broken
/// graph.
pub(crate) fn input_types(item: &ItemFn) -> Vec<(Ident, Type)> {
    let silent = &mut Report::default();
    split(item, silent).map_or_else(Vec::new, |(_, block)| block.params)
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

fn input_param(input: &Pat, report: &mut Report) -> Option<(Ident, Type)> {
    let plain = |pat: &Pat| match pat {
        Pat::Ident(pat) if pat.by_ref.is_none() && pat.subpat.is_none() => Some(pat.ident.clone()),
        _ => None,
    };
    match input {
        Pat::Type(typed) => match plain(&typed.pat) {
            Some(ident) => Some((ident, (*typed.ty).clone())),
            None => {
                report.error(&typed.pat, diagnostics::input_pattern());
                None
            }
        },
        _ => {
            match plain(input) {
                Some(ident) => report.error(input, diagnostics::input_without_type(ident)),
                None => report.error(input, diagnostics::input_pattern()),
            }
            None
        }
    }
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
