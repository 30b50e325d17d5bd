//! Options: known, given once, of the right type, in range.

use syn::{Expr, ExprLit, Ident, ItemImpl, Lit};

use super::autoscaling;
use super::literal::Literal;
use crate::diagnostics;
use crate::ir::deployment::{GivenOption, Options};
use crate::ir::graph::GraphOptions;
use crate::report::Report;
use crate::syntax::route::malformed;

/// What a deployment's option takes.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Takes {
    Text,
    /// A whole number from 1.
    Count,
    /// A whole number from 0.
    Limit,
    /// A whole number of bytes.
    Bytes,
    /// A number from 0.
    Amount,
    /// A number above 0.
    Time,
    /// A number from 0 to 1.
    Part,
    /// A part of one, or a whole number.
    Gpus,
    /// Amounts by name.
    Amounts,
    /// An `AutoscalingConfig`.
    Autoscaling,
    /// The path of a function.
    Function,
}

/// The options of a deployment: on `#[deployment(..)]`, and as methods behind `bind`.
const DEPLOYMENT_OPTIONS: [(&str, Takes); 15] = [
    ("name", Takes::Text),
    ("num_replicas", Takes::Count),
    ("autoscaling_config", Takes::Autoscaling),
    ("max_ongoing_requests", Takes::Count),
    ("max_queued_requests", Takes::Limit),
    ("num_cpus", Takes::Amount),
    ("num_gpus", Takes::Gpus),
    ("memory", Takes::Bytes),
    ("resources", Takes::Amounts),
    ("budget_ms", Takes::Count),
    ("health_check_period_s", Takes::Time),
    ("health_check_timeout_s", Takes::Time),
    ("graceful_shutdown_timeout_s", Takes::Amount),
    ("max_constructor_retry_count", Takes::Count),
    ("rolling_update_percentage", Takes::Part),
];

/// The options of a graph, on `#[graph(..)]`.
const GRAPH_OPTIONS: [(&str, Takes); 5] = [
    ("route_prefix", Takes::Text),
    ("slo_ms", Takes::Count),
    ("request_timeout_s", Takes::Time),
    ("max_cpus", Takes::Amount),
    ("max_gpus", Takes::Amount),
];

/// Whether `key` is an option of a deployment.
pub(crate) fn is_deployment_option(key: &Ident) -> bool {
    DEPLOYMENT_OPTIONS.iter().any(|(name, _)| key == name)
}

/// Checks the options of `#[deployment(..)]`; the ones that stand come back.
pub(crate) fn deployment(options: Options, report: &mut Report) -> Options {
    let known = DEPLOYMENT_OPTIONS.map(|(name, _)| name);
    let mut options = keep_known(options, &known, report);
    let keys = || options.0.iter().map(|option| &option.key);
    if !is_one_way_to_replicate(keys(), report) {
        options.0.retain(|option| option.key != "num_replicas");
    }
    let in_range =
        |option: &GivenOption| fits(&DEPLOYMENT_OPTIONS, &option.key, &option.value, report);
    Options(options.0.into_iter().filter(in_range).collect())
}

/// Checks the value of an option that is set behind a `bind`.
pub(crate) fn value(key: &Ident, value: &Expr, report: &mut Report) {
    fits(&DEPLOYMENT_OPTIONS, key, value, report);
}

/// `num_replicas` and `autoscaling_config` exclude each other. `false` if both are there.
pub(crate) fn is_one_way_to_replicate<'k>(
    keys: impl Iterator<Item = &'k Ident> + Clone,
    report: &mut Report,
) -> bool {
    let scaled = keys.clone().any(|key| key == "autoscaling_config");
    match keys.filter(|_| scaled).find(|key| *key == "num_replicas") {
        None => true,
        Some(key) => {
            report.error(key, diagnostics::num_replicas_and_autoscaling_config());
            false
        }
    }
}

/// Checks one option's value as far as it is a literal. `false` if it is wrong.
pub(super) fn fits(
    known: &[(&str, Takes)],
    key: &Ident,
    value: &Expr,
    report: &mut Report,
) -> bool {
    let takes = known.iter().find(|(name, _)| key == name);
    if let Some((_, Takes::Amounts)) = takes {
        return super::resources::fit(value, report);
    }
    if let Some((_, Takes::Autoscaling)) = takes {
        return autoscaling::check(value, report);
    }
    let (Some((name, takes)), Some(literal)) = (takes, Literal::read(value)) else {
        return true; // rustc and the runtime check what is computed
    };
    match wrong(name, *takes, &literal) {
        None => true,
        Some(message) => {
            report.error(value, message);
            false
        }
    }
}

pub(super) fn wrong(key: &str, takes: Takes, literal: &Literal) -> Option<String> {
    let (wanted, fits) = match takes {
        Takes::Autoscaling => return None, // has fields of its own
        Takes::Text => {
            let fits = matches!(literal, Literal::Text);
            return (!fits).then(|| diagnostics::option_of_wrong_type(key, "a string"));
        }
        Takes::Count => ("a whole number of at least 1", literal.whole_from(1.0)),
        Takes::Limit => ("a whole number of at least 0", literal.whole_from(0.0)),
        Takes::Time => ("a number above 0", literal.number_from(f64::MIN_POSITIVE)),
        Takes::Part => ("a number from 0 to 1", literal.part()),
        Takes::Bytes => ("a whole number of bytes", literal.bytes()),
        Takes::Amount | Takes::Amounts => ("a number of at least 0", literal.number_from(0.0)),
        Takes::Gpus if literal.number_from(1.0) => {
            ("a part of one GPU, or a whole number", literal.integral())
        }
        Takes::Gpus => ("a number of at least 0", literal.number_from(0.0)),
        Takes::Function => return Some(diagnostics::not_a_function(key)),
    };
    match literal {
        _ if fits => None,
        Literal::Number { text, .. } => Some(diagnostics::option_out_of_range(key, wanted, text)),
        _ => Some(diagnostics::option_of_wrong_type(key, wanted)),
    }
}

/// Checks the options of `#[graph(..)]`; the ones that stand come back.
pub(crate) fn graph(options: Options, report: &mut Report) -> GraphOptions {
    let known = GRAPH_OPTIONS.map(|(name, _)| name);
    let mut checked = GraphOptions::default();
    for option in keep_known(options, &known, report).0 {
        if option.key == "route_prefix" {
            checked.route = route(&option.value, report).unwrap_or(checked.route);
        } else if fits(&GRAPH_OPTIONS, &option.key, &option.value, report) {
            checked.limits.push(option);
        }
    }
    checked
}

fn route(value: &Expr, report: &mut Report) -> Option<String> {
    let Expr::Lit(ExprLit {
        lit: Lit::Str(text),
        ..
    }) = value
    else {
        let message = diagnostics::option_of_wrong_type("route_prefix", "a string");
        report.error(value, message);
        return None;
    };
    match malformed(&text.value()) {
        None => Some(text.value()),
        Some(message) => {
            report.error(text, message);
            None
        }
    }
}

/// `#[deployment]` on an `impl` block takes none.
pub(crate) fn none_on_impl(options: &Options, item: &ItemImpl, report: &mut Report) {
    if let Some(option) = options.0.first() {
        let ty = &item.self_ty;
        let ty = quote::quote!(#ty).to_string();
        report.error(&option.key, diagnostics::options_on_the_impl(ty));
    }
}

/// Leaves out, and reports, the options that nobody knows and those that are there already.
pub(super) fn keep_known(options: Options, known: &[&str], report: &mut Report) -> Options {
    let mut kept: Vec<GivenOption> = Vec::new();
    for option in options.0 {
        let key = option.key.to_string();
        if !known.contains(&key.as_str()) {
            report.error(&option.key, diagnostics::unknown_option(&key, known));
        } else if kept.iter().any(|other| other.key == option.key) {
            report.error(&option.key, diagnostics::option_given_twice(&key));
        } else {
            kept.push(option);
        }
    }
    Options(kept)
}
