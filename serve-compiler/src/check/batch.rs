//! The options of `#[batch(..)]`.

use serve_topology::options::{BatchOption, Kind};
use syn::{Expr, ExprGroup};

use super::options::{keep_in_range, keep_known};
use crate::diagnostics;
use crate::ir::deployment::{GivenOption, Options};
use crate::report::Report;

/// The valid options; `parses` says whether all of them could be read.
pub(crate) fn options(options: Options, parses: bool, report: &mut Report) -> Options {
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
    let mut options = keep_known(options, &BatchOption::names(), report);
    options.0.retain(|option| is_path(option, report));
    let mut options = keep_in_range(options, BatchOption::spec_named, report);
    for option in &mut options.0 {
        option.value = ungrouped(option.value.clone());
    }
    options
}

/// The options that name a function by its path: a closure in its place has no type that could be named.
/// Literals are refused as for any option.
fn is_path(option: &GivenOption, report: &mut Report) -> bool {
    let key = option.key.to_string();
    let takes_function =
        BatchOption::named(&key).is_some_and(|option| option.spec().kind == Kind::Function);
    let value = ungrouped(option.value.clone());
    if !takes_function || matches!(value, Expr::Path(_) | Expr::Lit(_) | Expr::Unary(_)) {
        return true;
    }
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
