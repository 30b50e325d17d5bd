//! The options of `#[batch(..)]`.

use syn::{Expr, ExprGroup};

use super::options::{Takes, fits, keep_known};
use crate::diagnostics;
use crate::ir::deployment::{GivenOption, Options};
use crate::report::Report;

/// The options of a batched method, on `#[batch(..)]`.
const BATCH_OPTIONS: [(&str, Takes); 5] = [
    ("max_batch_size", Takes::Count),
    ("batch_wait_timeout_s", Takes::Amount),
    ("cost", Takes::Function),
    ("max_batch_cost", Takes::Count),
    ("group_by", Takes::Function),
];

/// The options that stand; `parses` says whether all of them could be read.
pub(crate) fn options(options: Options, parses: bool, report: &mut Report) -> Options {
    let known = BATCH_OPTIONS.map(|(name, _)| name);
    let (cost, budget) = (
        options.get("cost").cloned(),
        options.get("max_batch_cost").cloned(),
    );
    match (&cost, &budget) {
        (Some(cost), None) if parses => {
            report.error(&cost.key, diagnostics::cost_without_budget());
        }
        (None, Some(budget)) if parses => {
            report.error(&budget.key, diagnostics::budget_without_cost());
        }
        _ => {}
    }
    let options = keep_known(options, &known, report).0;
    let stands = |option: &GivenOption| {
        is_path(option, report) && fits(&BATCH_OPTIONS, &option.key, &option.value, report)
    };
    let mut options: Vec<GivenOption> = options.into_iter().filter(stands).collect();
    for option in &mut options {
        option.value = ungrouped(option.value.clone());
    }
    Options(options)
}

/// A function is named: what is computed in place has no type of its own. Literals are refused as
/// those of any option are.
fn is_path(option: &GivenOption, report: &mut Report) -> bool {
    let takes_function = option.key == "cost" || option.key == "group_by";
    let value = ungrouped(option.value.clone());
    if !takes_function || matches!(value, Expr::Path(_) | Expr::Lit(_) | Expr::Unary(_)) {
        return true;
    }
    let key = option.key.to_string();
    report.error(&option.value, diagnostics::not_a_function(&key));
    false
}

/// Without the invisible parentheses of a `macro_rules!` macro.
fn ungrouped(value: Expr) -> Expr {
    match value {
        Expr::Group(ExprGroup { expr, .. }) => ungrouped(*expr),
        value => value,
    }
}
