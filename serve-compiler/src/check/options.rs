//! Options: known, given once, of the right type, in range.

use quote::ToTokens;
use serve_topology::options::{AutoscalingOption, DeploymentOption, GraphOption, Kind, OptionSpec};
use syn::{Expr, ExprLit, Ident, ItemImpl, Lit};

use super::autoscaling;
use super::literal::Literal;
use crate::diagnostics;
use crate::ir::deployment::{GivenOption, Options};
use crate::ir::graph::GraphOptions;
use crate::report::Report;
use crate::syntax::route::malformed;
use crate::syntax::time;
use crate::text::type_text;

/// Checks the options of `#[deployment(..)]` and returns the valid ones.
pub(crate) fn deployment(options: Options, report: &mut Report) -> Options {
    let options = without_fields(options, report);
    let mut options = keep_known(options, &DeploymentOption::names(), report);
    let keys = || options.0.iter().map(|option| &option.key);
    if !is_one_way_to_replicate(keys(), report) {
        options.0.retain(|option| option.key != "num_replicas");
    }
    keep_in_range(options, DeploymentOption::spec_named, report)
}

/// Removes the fields of `autoscaling_config` that are given as options of their own: one error for all.
fn without_fields(options: Options, report: &mut Report) -> Options {
    let is_field = |option: &GivenOption| {
        let key = option.key.to_string();
        AutoscalingOption::named(&key).is_some() && DeploymentOption::named(&key).is_none()
    };
    let (fields, others): (Vec<_>, Vec<_>) = options.0.into_iter().partition(is_field);
    if let Some(first) = fields.first() {
        let written = fields.iter().map(|GivenOption { key, value }| {
            let value = value.to_token_stream();
            format!("{key} = {value}")
        });
        let written = written.collect::<Vec<_>>().join(", ");
        let message = diagnostics::field_as_an_option(&first.key.to_string(), &written);
        report.error(&first.key, message);
    }
    Options(others)
}

/// Checks the value of an option that is set after a `bind`, with the messages of the attribute.
pub(crate) fn value(option: DeploymentOption, value: &Expr, report: &mut Report) {
    fits(option.spec(), value, report);
}

/// Reports `num_replicas` beside `autoscaling_config`. `false` if both are given.
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

/// Keeps the options whose literals are in range.
pub(super) fn keep_in_range(
    options: Options,
    spec_named: fn(&str) -> Option<OptionSpec>,
    report: &mut Report,
) -> Options {
    let is_valid = |option: &GivenOption| match spec_named(&option.key.to_string()) {
        Some(spec) => fits(spec, &option.value, report),
        None => false,
    };
    Options(options.0.into_iter().filter(is_valid).collect())
}

/// Checks the value of one option if it is a literal. `false` if it is wrong.
pub(super) fn fits(option: OptionSpec, value: &Expr, report: &mut Report) -> bool {
    match option.kind {
        Kind::Amounts => return super::resources::fit(value, report),
        Kind::Autoscaling => return autoscaling::check(value, report),
        _ => {}
    }
    if option.kind.is_time()
        && let Some(number) = time::in_unit_of(option.kind, value)
    {
        let message = diagnostics::option_as_a_duration(option.name, type_text(&number));
        report.error(value, message);
        return false;
    }
    let Some(literal) = Literal::read(value) else {
        return true; // rustc and the runtime check a computed value
    };
    match wrong(option.name, option.kind, &literal) {
        None => true,
        Some(message) => {
            report.error(value, message);
            false
        }
    }
}

/// The message about a literal, if it is wrong.
pub(super) fn wrong(key: &str, kind: Kind, literal: &Literal) -> Option<String> {
    let is_text = matches!(kind, Kind::Text | Kind::Route);
    match literal {
        Literal::Text(_) if is_text => None,
        Literal::Number { .. } if literal.fits(kind) => None,
        _ if kind == Kind::Function => Some(diagnostics::not_a_function(key)),
        Literal::Number { text, value, .. } if !is_text => {
            let must = kind.must_for(*value);
            Some(diagnostics::option_out_of_range(key, must, text))
        }
        Literal::Text(text) => Some(diagnostics::option_as_text(key, kind.must(), text)),
        _ => Some(diagnostics::option_of_wrong_type(key, kind.must())),
    }
}

/// Checks the options of `#[graph(..)]` and returns the valid ones.
pub(crate) fn graph(options: Options, report: &mut Report) -> GraphOptions {
    let mut checked = GraphOptions::default();
    for option in keep_known(options, &GraphOption::names(), report).0 {
        let Some(row) = GraphOption::named(&option.key.to_string()) else {
            continue;
        };
        if row == GraphOption::RoutePrefix {
            checked.route = route(&option.value, report).unwrap_or(checked.route);
        } else if fits(row.spec(), &option.value, report) {
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
        let OptionSpec { name, kind, .. } = GraphOption::RoutePrefix.spec();
        report.error(value, diagnostics::option_of_wrong_type(name, kind.must()));
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

/// `#[deployment]` on an `impl` block takes no options.
pub(crate) fn none_on_impl(options: &Options, item: &ItemImpl, report: &mut Report) {
    if let Some(option) = options.0.first() {
        let ty = type_text(&item.self_ty);
        report.error(&option.key, diagnostics::options_on_the_impl(ty));
    }
}

/// Removes and reports unknown options and those that are given twice.
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
