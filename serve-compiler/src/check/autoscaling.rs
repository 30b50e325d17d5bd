//! The fields of an `autoscaling_config`: known, given once, in range, and consistent with each other.

use serve_topology::options::{AutoscalingOption, OptionSpec};
use syn::Expr;

use super::literal::Literal;
use super::options::wrong;
use crate::diagnostics;
use crate::report::Report;
use crate::syntax::autoscaling::{Config, Field};

/// Checks the literals of a configuration. `false` if it is wrong.
pub(super) fn check(value: &Expr, report: &mut Report) -> bool {
    let part = report.scope();
    match Config::read(value) {
        Some(config) => {
            if config.is_list {
                names(&config, report);
            }
            values(&config, report);
            if !part.failed(report) {
                bounds(&config, report);
            }
        }
        None if Literal::read(value).is_some() => {
            report.error(value, diagnostics::autoscaling_config_of_wrong_type());
        }
        None => {} // rustc and the runtime check a computed value
    }
    !part.failed(report)
}

/// After `bind`, rustc checks the names.
fn names(config: &Config, report: &mut Report) {
    for (index, field) in config.fields.iter().enumerate() {
        let key = field.name.to_string();
        let mut before = config.fields[..index].iter();
        if field.option.is_none() {
            let message = diagnostics::unknown_field(&key, &AutoscalingOption::names());
            report.error(&field.name, message);
        } else if before.any(|other| other.name == field.name) {
            report.error(&field.name, diagnostics::option_given_twice(&key));
        }
    }
}

fn values(config: &Config, report: &mut Report) {
    for Field { option, value, .. } in &config.fields {
        let (Some(option), Some(literal)) = (option, Literal::read(value)) else {
            continue;
        };
        let OptionSpec { name, kind, .. } = option.spec();
        // After `bind`, rustc refuses a value of another type.
        let is_for_rustc = match &literal {
            Literal::Number { whole, .. } => *whole != kind.is_whole() && !kind.is_time(),
            _ => true,
        };
        if !config.is_list && is_for_rustc {
            continue;
        }
        if let Some(message) = wrong(name, kind, &literal) {
            report.error(value, message);
        }
    }
}

fn bounds(config: &Config, report: &mut Report) {
    let (Some(min), Some(max)) = (
        whole(config, AutoscalingOption::MinReplicas),
        whole(config, AutoscalingOption::MaxReplicas),
    ) else {
        return;
    };
    if max < min {
        match config.value(AutoscalingOption::MaxReplicas) {
            Some(value) => report.error(value, diagnostics::max_below_min_replicas(min, max)),
            None => {
                let value = config.value(AutoscalingOption::MinReplicas);
                report.error(value, diagnostics::min_above_default_max_replicas(min));
            }
        }
    } else if let Some(value) = config.value(AutoscalingOption::InitialReplicas)
        && let Some(initial) = Literal::read(value).and_then(|it| it.whole())
        && !(min..=max).contains(&initial)
    {
        report.error(
            value,
            diagnostics::initial_replicas_out_of_bounds(min, max, initial),
        );
    }
}

/// A number of replicas, if it is known.
fn whole(config: &Config, option: AutoscalingOption) -> Option<u64> {
    match (config.value(option), option.spec().default) {
        (Some(value), _) => Literal::read(value)?.whole(),
        (None, Some(default)) if config.has_defaults => Some(default as u64),
        (None, _) => None,
    }
}
