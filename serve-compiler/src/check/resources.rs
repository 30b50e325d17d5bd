//! `resources = [("license", 1.0)]`, if it is literals.

use serve_topology::options::Kind;
use syn::{Expr, ExprLit, ExprReference, Lit};

use super::literal::Literal;
use super::options::wrong;
use crate::diagnostics;
use crate::report::Report;

/// Checks names and amounts. `false` if something is wrong.
pub(super) fn fit(value: &Expr, report: &mut Report) -> bool {
    match value {
        Expr::Reference(ExprReference { expr, .. }) => fit(expr, report),
        Expr::Array(list) => {
            let mut names = Vec::new();
            let pairs = list.elems.iter();
            // Checks every pair, also after a wrong one.
            let wrong = pairs.filter(|it| !pair(it, &mut names, report));
            wrong.count() == 0
        }
        other if Literal::read(other).is_some() => {
            report.error(value, diagnostics::resources_of_wrong_type());
            false
        }
        _ => true, // rustc and the runtime check a computed value
    }
}

fn pair(value: &Expr, names: &mut Vec<String>, report: &mut Report) -> bool {
    let Expr::Tuple(tuple) = value else {
        let computed = Literal::read(value).is_none();
        if !computed {
            report.error(value, diagnostics::resources_of_wrong_type());
        }
        return computed;
    };
    let (2, Some(name), Some(amount)) =
        (tuple.elems.len(), tuple.elems.first(), tuple.elems.last())
    else {
        report.error(value, diagnostics::resources_of_wrong_type());
        return false;
    };
    let name_fits = self::name(name, names, report);
    let of = match name {
        Expr::Lit(ExprLit {
            lit: Lit::Str(name),
            ..
        }) => name.value(),
        _ => "resources".to_owned(),
    };
    self::amount(&of, amount, report) && name_fits
}

fn name(value: &Expr, names: &mut Vec<String>, report: &mut Report) -> bool {
    let name = match value {
        Expr::Lit(ExprLit {
            lit: Lit::Str(name),
            ..
        }) => name.value(),
        other => {
            let computed = Literal::read(other).is_none();
            if !computed {
                report.error(value, diagnostics::resources_of_wrong_type());
            }
            return computed;
        }
    };
    let message = if name.is_empty() {
        diagnostics::resource_without_name().to_owned()
    } else if let Some(option) = option_of(&name) {
        diagnostics::resource_has_an_option(&name, option)
    } else if names.contains(&name) {
        diagnostics::resource_given_twice(&name)
    } else {
        names.push(name);
        return true;
    };
    report.error(value, message);
    false
}

/// The option for the resource that Ray calls `CPU`.
fn option_of(resource: &str) -> Option<&'static str> {
    match resource {
        "CPU" | "num_cpus" => Some("num_cpus"),
        "GPU" | "num_gpus" => Some("num_gpus"),
        "memory" => Some("memory"),
        _ => None,
    }
}

fn amount(of: &str, value: &Expr, report: &mut Report) -> bool {
    let literal = Literal::read(value);
    let wrong = literal.and_then(|literal| wrong(of, Kind::Amount, &literal));
    let fits = wrong.is_none();
    if let Some(message) = wrong {
        report.error(value, message);
    }
    fits
}
