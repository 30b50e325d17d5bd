//! Literals, as the values of options.

use serve_topology::options::Kind;
use syn::{Expr, ExprLit, ExprPath, ExprUnary, Lit, UnOp};

use crate::text::type_text;

/// A literal value of an option.
pub(super) enum Literal {
    Text(String),
    Number {
        value: f64,
        whole: bool,
        text: String,
    },
    Other,
}

impl Literal {
    pub(super) fn read(expr: &Expr) -> Option<Self> {
        match expr {
            Expr::Lit(ExprLit { lit, .. }) => Some(Self::of(lit)),
            Expr::Unary(ExprUnary {
                op: UnOp::Neg(_),
                expr,
                ..
            }) => match Self::read(expr)? {
                Literal::Number { value, whole, text } => Some(Literal::Number {
                    value: -value,
                    whole,
                    text: format!("-{text}"),
                }),
                other => Some(other),
            },
            Expr::Path(path) => Self::named(path),
            _ => None,
        }
    }

    /// `f64::NAN` and the like.
    fn named(path: &ExprPath) -> Option<Self> {
        let mut last = path.path.segments.iter().rev();
        let (name, of) = (last.next()?, last.next()?);
        let value = match name.ident.to_string().as_str() {
            "NAN" => f64::NAN,
            "INFINITY" => f64::INFINITY,
            "NEG_INFINITY" => f64::NEG_INFINITY,
            _ => return None,
        };
        (of.ident == "f64" || of.ident == "f32").then(|| Literal::Number {
            value,
            whole: false,
            text: type_text(path),
        })
    }

    fn of(lit: &Lit) -> Self {
        let number = |digits: &str, whole, text| match digits.parse() {
            Ok(value) => Literal::Number { value, whole, text },
            Err(_) => Literal::Other,
        };
        match lit {
            Lit::Str(text) => Literal::Text(text.value()),
            Lit::Int(int) => number(int.base10_digits(), true, int.to_string()),
            Lit::Float(float) => number(float.base10_digits(), false, float.to_string()),
            _ => Literal::Other,
        }
    }

    /// Whether it is a number in range. `1.0` is no whole number.
    pub(super) fn fits(&self, kind: Kind) -> bool {
        match self {
            Literal::Number { value, whole, .. } => {
                kind.admits(*value) && (*whole || !kind.is_whole())
            }
            _ => false,
        }
    }

    /// The number, if it is a whole one of at least 0.
    pub(super) fn whole(&self) -> Option<u64> {
        match self {
            Literal::Number { value, .. } if self.fits(Kind::CountFromZero) => Some(*value as u64),
            _ => None,
        }
    }
}
