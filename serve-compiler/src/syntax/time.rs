//! A `Duration` with a value that is known at expansion: `Duration::from_millis(50)`.

use serve_topology::options::Kind;
use syn::spanned::Spanned;
use syn::{Expr, ExprCall, ExprLit, ExprPath, Lit, LitFloat, LitInt};

/// The time as an attribute has it: `0.05` if the option is in seconds, `50` if it is in milliseconds. `None`
/// if it is computed.
pub(crate) fn in_unit_of(kind: Kind, value: &Expr) -> Option<Expr> {
    let nanoseconds = nanoseconds(value)?;
    let span = value.span();
    let lit = match kind {
        Kind::Milliseconds => {
            // The same as the builder.
            Lit::Int(LitInt::new(
                &nanoseconds.div_ceil(1_000_000).to_string(),
                span,
            ))
        }
        _ if nanoseconds % 1_000_000_000 == 0 => Lit::Int(LitInt::new(
            &(nanoseconds / 1_000_000_000).to_string(),
            span,
        )),
        _ => Lit::Float(LitFloat::new(&(nanoseconds as f64 / 1e9).to_string(), span)),
    };
    Some(Expr::Lit(ExprLit {
        attrs: Vec::new(),
        lit,
    }))
}

fn nanoseconds(value: &Expr) -> Option<u128> {
    let (path, arg) = match value {
        Expr::Call(ExprCall { func, args, .. }) if args.len() == 1 => (&**func, args.first()),
        path => (path, None),
    };
    let Expr::Path(ExprPath { path, .. }) = path else {
        return None;
    };
    let mut last = path.segments.iter().rev();
    let (constructor, ty) = (last.next()?, last.next()?);
    if ty.ident != "Duration" {
        return None;
    }
    let unit = match (constructor.ident.to_string().as_str(), arg) {
        ("ZERO", None) => return Some(0),
        ("from_secs", Some(_)) => 1_000_000_000,
        ("from_millis", Some(_)) => 1_000_000,
        ("from_micros", Some(_)) => 1_000,
        ("from_nanos", Some(_)) => 1,
        (
            "from_secs_f64",
            Some(Expr::Lit(ExprLit {
                lit: Lit::Float(float),
                ..
            })),
        ) => {
            let seconds: f64 = float.base10_parse().ok()?;
            return Some((seconds * 1e9).round() as u128);
        }
        _ => return None,
    };
    match arg? {
        Expr::Lit(ExprLit {
            lit: Lit::Int(int), ..
        }) => {
            // A larger value would be an error of rustc's.
            u128::from(int.base10_parse::<u64>().ok()?).checked_mul(unit)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use quote::ToTokens;

    use super::*;

    fn read(kind: Kind, value: &str) -> Option<String> {
        let value = syn::parse_str(value).unwrap();
        in_unit_of(kind, &value).map(|it| it.to_token_stream().to_string())
    }

    #[test]
    fn literals_are_read_in_the_unit_of_the_option() {
        let seconds = |value| read(Kind::Period, value);
        assert_eq!(
            seconds("Duration::from_millis(50)").as_deref(),
            Some("0.05")
        );
        assert_eq!(
            seconds("std::time::Duration::from_secs(5)").as_deref(),
            Some("5")
        );
        assert_eq!(
            seconds("Duration::from_secs_f64(2.5)").as_deref(),
            Some("2.5")
        );
        assert_eq!(seconds("Duration::ZERO").as_deref(), Some("0"));
        let milliseconds = |value| read(Kind::Milliseconds, value);
        assert_eq!(
            milliseconds("Duration::from_secs(1)").as_deref(),
            Some("1000")
        );
        assert_eq!(
            milliseconds("Duration::from_micros(500)").as_deref(),
            Some("1")
        );
    }

    #[test]
    fn a_computed_time_is_not_known() {
        for value in [
            "PERIOD",
            "Duration::from_secs(n)",
            "Duration::MAX",
            "50",
            "seconds(5)",
        ] {
            assert_eq!(read(Kind::Period, value), None, "{value}");
        }
    }
}
