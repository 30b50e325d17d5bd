//! Literals, as the values of options.

use syn::{Expr, ExprLit, ExprUnary, Lit, UnOp};

/// A literal value of an option.
pub(super) enum Literal {
    Text,
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
            _ => None,
        }
    }

    fn of(lit: &Lit) -> Self {
        let number = |digits: &str, whole, text| match digits.parse() {
            Ok(value) => Literal::Number { value, whole, text },
            Err(_) => Literal::Other,
        };
        match lit {
            Lit::Str(_) => Literal::Text,
            Lit::Int(int) => number(int.base10_digits(), true, int.to_string()),
            Lit::Float(float) => number(float.base10_digits(), false, float.to_string()),
            _ => Literal::Other,
        }
    }

    pub(super) fn integral(&self) -> bool {
        matches!(self, Literal::Number { value, .. } if value.fract() == 0.0)
    }

    pub(super) fn bytes(&self) -> bool {
        matches!(self, Literal::Number { value, whole: true, .. } if *value >= 0.0 && *value < u64::MAX as f64)
    }

    pub(super) fn part(&self) -> bool {
        matches!(self, Literal::Number { value, .. } if (0.0..=1.0).contains(value))
    }

    /// The number, if it is a whole one of at least 0.
    pub(super) fn whole(&self) -> Option<u64> {
        match self {
            Literal::Number { value, .. } if self.whole_from(0.0) => Some(*value as u64),
            _ => None,
        }
    }

    pub(super) fn number_above(&self, bound: f64) -> bool {
        matches!(self, Literal::Number { value, .. } if *value > bound)
    }

    pub(super) fn number_from(&self, least: f64) -> bool {
        matches!(self, Literal::Number { value, .. } if *value >= least)
    }

    pub(super) fn whole_from(&self, least: f64) -> bool {
        matches!(self, Literal::Number { value, whole: true, .. } if *value >= least && *value <= f64::from(u32::MAX))
    }
}
