//! The fields of an `autoscaling_config`: known, given once, in range, and in range of each other.

use syn::Expr;

use super::literal::Literal;
use crate::diagnostics;
use crate::report::Report;
use crate::syntax::autoscaling::{self, Config, FIELDS, Takes};

/// Checks a configuration as far as it is literals. `false` if it is wrong.
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
        None => {} // rustc and the runtime check what is computed
    }
    !part.failed(report)
}

/// Of a struct, rustc checks them.
fn names(config: &Config<'_>, report: &mut Report) {
    let known = FIELDS.map(|(name, ..)| name);
    for (index, (name, _)) in config.fields.iter().enumerate() {
        let key = name.to_string();
        if autoscaling::field(name).is_none() {
            report.error(name, diagnostics::unknown_field(&key, &known));
        } else if config.fields[..index]
            .iter()
            .any(|(other, _)| other == name)
        {
            report.error(name, diagnostics::option_given_twice(&key));
        }
    }
}

fn values(config: &Config<'_>, report: &mut Report) {
    for (name, given) in &config.fields {
        let value = config.inner(given);
        let (Some((name, takes, _)), Some(literal)) =
            (autoscaling::field(name), Literal::read(value))
        else {
            continue;
        };
        let (wanted, fits) = match takes {
            Takes::Whole => ("a whole number of at least 0", literal.whole_from(0.0)),
            Takes::Count => ("a whole number of at least 1", literal.whole_from(1.0)),
            Takes::Positive => ("a number of more than 0", literal.number_above(0.0)),
            Takes::Seconds => ("a number of at least 0", literal.number_from(0.0)),
        };
        let is_whole = matches!(takes, Takes::Whole | Takes::Count);
        match &literal {
            _ if fits => {}
            // What is of another type, rustc refuses in a struct.
            Literal::Number { text, whole, .. } if config.is_list || *whole == is_whole => {
                report.error(value, diagnostics::option_out_of_range(name, wanted, text));
            }
            _ if config.is_list => {
                report.error(value, diagnostics::option_of_wrong_type(name, wanted));
            }
            _ => {}
        }
    }
}

fn bounds(config: &Config<'_>, report: &mut Report) {
    let (Some(min), Some(max)) = (whole(config, "min_replicas"), whole(config, "max_replicas"))
    else {
        return;
    };
    if max < min {
        match config.value("max_replicas") {
            Some(value) => report.error(value, diagnostics::max_below_min_replicas(min, max)),
            None => {
                let value = config.value("min_replicas");
                report.error(value, diagnostics::min_above_default_max_replicas(min));
            }
        }
    } else if let Some(value) = config.value("initial_replicas")
        && let Some(initial) = Literal::read(value).and_then(|it| it.whole())
        && !(min..=max).contains(&initial)
    {
        report.error(
            value,
            diagnostics::initial_replicas_out_of_bounds(min, max, initial),
        );
    }
}

/// A number of replicas, if it is known: both are 1 where they are not given.
fn whole(config: &Config<'_>, name: &str) -> Option<u64> {
    match config.value(name) {
        Some(value) => Literal::read(value)?.whole(),
        None => config.has_defaults.then_some(1),
    }
}
